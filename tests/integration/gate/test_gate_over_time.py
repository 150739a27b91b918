"""What changes between the question, the reservation, the provider and a report of much later."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta

import pytest
from temporalio.exceptions import ApplicationError

from database.audit import Audit
from database.policy.pinned_policies import PinnedPolicies
from database.policy.stored_policies import StoredPolicies
from database.sql import Connection, Pool
from domain.local_time import HoursOfDay
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.gate.gate import LOAN, NOON, Gate
from tests.support.gateways import DiedError, FakeGateway, Fault
from tests.support.recorder import Recorder
from tests.support.world import OpenCase

CALL = {"channel": "call", "template": "overdue_call"}
EVENING = NOON.replace(hour=18)
ASKS_FOR_THE_EVENING = """
    UPDATE borrowers SET agreed_hours = '[{"start": "18:00", "end": "20:00"}]'
"""


def _until_five(policy: Policy, version: str, **rule: object) -> Policy:
    """A policy that permits contacts from 08:00 to 17:00."""
    hours = policy.contact.permitted_hours.model_copy(
        update={"value": HoursOfDay(start=time(8), end=time(17)), **rule}
    )
    contact = policy.contact.model_copy(update={"permitted_hours": hours})
    return policy.model_copy(update={"contact": contact, "version": version})


# Rules that do not bind


async def test_policy_of_the_future_does_not_stop_a_message(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Its hours would have ended an hour ago."""
    current = _until_five(policy, "cn-next").model_copy(update={"effective_from": date(2027, 1, 1)})
    gate = Gate(pool, current, await open_case(LOAN), FakeGateway())
    gate.now = EVENING
    assert (await gate.contact()).status == "sent"


async def test_disabled_hours_do_not_stop_a_message(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Of the current policy; the pinned one permits it."""
    current = _until_five(policy, "cn-next", enabled=False, reason="a test")
    gate = Gate(pool, current, await open_case(LOAN), FakeGateway())
    gate.now = EVENING
    assert (await gate.contact()).status == "sent"


# Between the reservation and the provider


async def test_hours_that_the_borrower_asked_for_end_before_the_provider_is_asked(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Reserved in their last second, by a slow worker: the next morning is another try."""
    case_id = await open_case(LOAN)
    await pool.execute(ASKS_FOR_THE_EVENING)
    times = iter([EVENING.replace(hour=19, minute=59, second=59)])
    late = EVENING.replace(hour=20, second=10)
    gate = Gate(pool, policy, case_id, FakeGateway(), now=lambda: next(times, late))
    result = await gate.contact()
    assert (result.is_known_failure, result.reason) == (True, "the permitted hours have ended")
    assert not gate.gateway.handed_over
    again = await gate.contact("step:2")
    assert (again.rule_id, again.retry_at is None) == ("LC-PREFERENCE", False)


async def test_retry_says_under_what_it_was_sent(pool: Pool, policy: Policy, gate: Gate) -> None:
    """The policy and the debt of then, not those of the first try."""
    old = _until_five(policy, "cn-old")
    await StoredPolicies(pool).store_policy(old, fingerprint(old), NOON)
    await pool.execute("UPDATE collection_cases SET policy_version = 'cn-old'")
    gate.gateway.fail_next(Fault.BUSY)
    with pytest.raises(ApplicationError):
        await gate.contact()
    await pool.execute("UPDATE collection_cases SET policy_version = $1", policy.version)
    await pool.execute(
        "INSERT INTO payments VALUES ('P', 'L-1', 40000, 'payment', $1, $1, NULL, 'test')", NOON
    )
    gate.now = EVENING
    assert (await gate.contact()).status == "sent"
    [attempt] = await gate.attempts()
    assert attempt["policy_version"] == policy.version
    assert json.loads(attempt["facts"])["arrears_minor"] == 60_000
    assert not await Audit(pool).broken(NOON + timedelta(days=1))


async def test_refused_retry_is_made_when_the_rule_allows_it(pool: Pool, gate: Gate) -> None:
    """Under a key of its own: the first attempt has certainly failed."""
    gate.gateway.fail_next(Fault.BUSY)
    with pytest.raises(ApplicationError):
        await gate.contact()
    await pool.execute(ASKS_FOR_THE_EVENING)
    result = await gate.contact()
    assert (result.rule_id, result.retry_at) == ("LC-PREFERENCE", EVENING)
    assert await pool.fetchval("SELECT rule_id FROM contact_refusals") == "LC-PREFERENCE"
    gate.now = EVENING
    assert (await gate.contact()).is_known_failure
    assert (await gate.contact("step:2")).status == "sent"


async def test_nothing_is_sent_after_its_time(gate: Gate) -> None:
    """A reminder of a visit that is over; what was reserved before is settled."""
    gate.gateway.fail_next(Fault.BUSY)
    by = NOON + timedelta(hours=1)
    with pytest.raises(ApplicationError):
        await gate.contact(by=by)
    gate.now = by
    result = await gate.contact(by=by)
    assert (result.status, result.rule_id, result.retry_at) == ("refused", "LC-MISSED", None)
    assert [attempt["status"] for attempt in await gate.attempts()] == ["failed"]
    assert not gate.gateway.handed_over


# Reports of calls


async def test_report_of_a_call_that_nobody_could_tell_of_counts(pool: Pool, gate: Gate) -> None:
    """Once: it is how we learn that a stranger answered, and where the recording is."""
    gate.gateway.fail_next(Fault.DIES_AFTER)
    gate.gateway.faults.add(Fault.CANNOT_TELL)
    with pytest.raises(DiedError):
        await gate.contact(**CALL)
    assert (await gate.contact(**CALL)).status == "unknown"
    [attempt] = await gate.attempts()
    report = {"attempt_id": attempt["attempt_id"], "outcome": "wrong_person", "recording_id": "R-1"}
    tell = Recorder(pool, attempt["case_id"])
    await tell.accepted("call_finished", **report)
    assert await pool.fetchval("SELECT recording_id FROM contact_attempts") == "R-1"
    assert await pool.fetchval("SELECT count(*) FROM phones WHERE status = 'wrong_person'") == 1
    assert not (await tell("call_finished", **report)).accepted


async def test_report_that_came_first_stays(pool: Pool, gate: Gate) -> None:
    """The provider cannot tell, but the call platform has."""
    gate.gateway.fail_next(Fault.DIES_AFTER)
    gate.gateway.faults.add(Fault.CANNOT_TELL)
    with pytest.raises(DiedError):
        await gate.contact(**CALL)
    [attempt] = await gate.attempts()
    await Recorder(pool, attempt["case_id"]).accepted(
        "call_finished", attempt_id=attempt["attempt_id"], outcome="connected", duration_s=9
    )
    await gate.contact(**CALL)
    [attempt] = await gate.attempts()
    assert (attempt["outcome"], attempt["duration_s"]) == ("connected", 9)


# Between the question and the reservation


class InterruptedShelf(PinnedPolicies):
    """Lets something happen once, when the facts are read and the rules are looked up."""

    def __init__(self, current: Policy, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(current)
        self.looks = 0
        self._meanwhile = meanwhile

    async def strictest_of(self, connection: Connection, version: str) -> list[Policy]:
        self.looks += 1
        if self.looks == 1:
            await self._meanwhile()
        return await super().strictest_of(connection, version)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO holds VALUES ('L-1', 'H', 'B-1', 'dispute', $1, NULL, NULL)",
        "INSERT INTO payments VALUES ('P', 'L-1', 100000, 'payment', $1, $1, NULL, 'test')",
        "UPDATE phones SET blocked_at = $1",
        "UPDATE phones SET status = 'invalid' WHERE $1::timestamptz IS NOT NULL",
        "UPDATE borrowers SET blocked_channels = '{sms}' WHERE $1::timestamptz IS NOT NULL",
        "UPDATE borrowers SET time_zone = 'America/New_York' WHERE $1::timestamptz IS NOT NULL",
    ],
)
async def test_what_another_system_writes_meanwhile_is_seen(
    pool: Pool, policy: Policy, open_case: OpenCase, statement: str
) -> None:
    """With SQL alone, without an event: the rules are asked again."""
    shelf = InterruptedShelf(policy, lambda: pool.execute(statement, NOON))
    gate = Gate(pool, policy, await open_case(LOAN), FakeGateway(), shelf=shelf)
    assert (await gate.contact()).status == "refused"
    assert shelf.looks == 2
    assert not gate.gateway.handed_over
