"""The rows that a case's state follows from, and the policy that it is pinned to."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from database.policy.stored_policies import StoredPolicies
from database.sql import SQL, Pool
from domain.case.rebuilt.record import CaseRecord
from domain.case.rebuilt.state import Rebuilt, rebuild_state
from domain.clock import BusinessClock
from domain.policy.policy import Policy


class RecordedCase(NamedTuple):
    """One case on record."""

    record: CaseRecord
    policy: Policy

    def rebuild(self, clock: BusinessClock, now: datetime | None = None) -> Rebuilt:
        """Its state, from that alone; `now` where the case is taken up again with it."""
        return rebuild_state(self.record, self.policy, clock, now)


class CaseRecords:
    """Reads what cases are rebuilt from, many in one query."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._policies: dict[str, Policy] = {}  # a stored version never changes

    async def read(self, case_ids: Sequence[str]) -> list[RecordedCase]:
        """The cases that are on record among these, by id."""
        rows = SQL.case_records(self._pool, case_ids=list(case_ids))
        records = [CaseRecord.model_validate_json(row["record"]) async for row in rows]
        return [
            RecordedCase(record, await self._policy(record.policy_version)) for record in records
        ]

    async def _policy(self, version: str) -> Policy:
        if version not in self._policies:
            self._policies[version] = await StoredPolicies(self._pool).read_policy(version)
        return self._policies[version]
