"""The engine's word on runs, in memory: a list that may lag behind, and the runs themselves."""

from collections.abc import Sequence
from datetime import datetime

from activities.reconcile_activities import Reconciler, Reconciliation
from database.case.case_record import CaseRecords
from database.case.reconciliation import CasesOnRecord
from database.sql import Pool
from domain.case.state import CaseState
from domain.clock import BusinessClock
from temporal.runs import NO_RUN, RUNNING, OpenRun, RunPage
from tests.support.case_starters import FakeStarter


class FakeRuns:
    """Runs by loan; what a test takes off the list is still described as it stands."""

    def __init__(self) -> None:
        self.standings: dict[str, str] = {}
        self.stages: dict[str, str] = {}
        self.states: dict[str, CaseState] = {}
        self.not_listed: set[str] = set()
        self.described: list[str] = []

    def run(self, loan_id: str, stage: str = "early_contact") -> None:
        """A run is open, and filtered by its stage."""
        self.standings[loan_id], self.stages[loan_id] = RUNNING, stage

    async def page(self, token: bytes, size: int) -> RunPage:
        listed = sorted(loan_id for loan_id in self.standings if self._is_listed(loan_id))
        first = int(token or b"0")
        rest = str(first + size).encode() if first + size < len(listed) else b""
        page = listed[first : first + size]
        return RunPage([OpenRun(each, self.stages.get(each)) for each in page], rest)

    async def running_among(self, loan_ids: Sequence[str]) -> set[str]:
        return {loan_id for loan_id in loan_ids if self._is_listed(loan_id)}

    async def standing(self, loan_id: str) -> str:
        self.described.append(loan_id)
        return self.standings.get(loan_id, NO_RUN)

    async def state_of(self, loan_id: str) -> CaseState | None:
        return self.states.get(loan_id)

    def _is_listed(self, loan_id: str) -> bool:
        return self.standings.get(loan_id) == RUNNING and loan_id not in self.not_listed


class ReconciledWorld:
    """A record, an engine and a starter that puts its runs into it."""

    def __init__(self, pool: Pool, now: datetime) -> None:
        self.pool, self._now, self.runs, self.starter = pool, now, FakeRuns(), FakeStarter()
        self.reports: list[Reconciliation] = []

    async def reconcile(
        self,
        found: Reconciliation | None = None,
        *,
        only_looks: bool = False,
        is_thorough: bool = False,
        page_size: int = 500,
    ) -> Reconciliation:
        reconciler = Reconciler(
            CasesOnRecord(self.pool),
            CaseRecords(self.pool),
            self.runs,
            self.starter,
            BusinessClock(),
            only_looks=only_looks,
            is_thorough=is_thorough,
        )
        return await reconciler.reconcile(
            found or Reconciliation(),
            lambda: self._now,
            lambda done: self.reports.append(done.model_copy(deep=True)),
            page_size,
        )


def named(found: Reconciliation) -> dict[str, str]:
    """What was named of each loan."""
    return {finding.loan_id: finding.what for finding in found.findings}
