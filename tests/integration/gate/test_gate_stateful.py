"""The gate under everything at once: many senders, crashes at each step, events, night and day.

The same check is then shown five planted bugs, and finds each; for one of them it matters who is
faster, so that its plan is given. `GATE_PLANS=1000` takes more plans.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from database.contact.closed_gateways import Closure
from database.contact.reservation import Attempt, Reservation, Ruling
from database.sql import Connection, Pool, open_pool
from domain.case.facts import CaseFacts
from domain.contact.intent import Intent
from domain.contact.question import Allowed, Refused
from domain.contact.status import AttemptStatus
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from gateways.protocol import Sent, Sought
from tests.support.gate.plan import BORROWERS, PLANS, Crash, Plan, Send, Wave
from tests.support.gate.provider import CrashingContacts
from tests.support.gate.world import Bug, World
from tests.support.gateways import FakeGateway

PLANNED = settings(
    max_examples=int(os.environ.get("GATE_PLANS", "30")),
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


MOST_SECONDS = 60  # until both have looked, on any machine
TWO_AT_ONCE = Plan(
    waves=(
        Wave(
            sends=(
                Send(0, 0, Channel.SMS, Crash.NONE),
                Send(BORROWERS, 1, Channel.SMS, Crash.NONE),
            ),
            events=(),
            calls_end=None,
            retry=False,
            then=timedelta(hours=1),
        ),
    ),
    begins_at=12,
    provider_can_tell=True,
)


class Check:
    """Lives through many plans in one database, and gathers what went wrong."""

    def __init__(self, database_url: str, policy: Policy) -> None:
        # A loop of its own: each example is a call that is over when it returns.
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._policy = policy
        self._examples = 0
        self.pool: Pool = self.run(open_pool(database_url))

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self.pool.close())
        self._runner.close()

    def live(self, plan: Plan, bug: Bug) -> list[str]:
        self._examples += 1
        world = World(self.pool, self._policy, bug, str(self._examples), plan)
        found: list[str] = self.run(world.live())
        return found

    def finds(self, bug: Bug, shows: Callable[[str], bool]) -> bool:
        """Whether some plan shows what a bug leads to; it may lead to other things before."""
        found: list[str] = []

        @PLANNED
        @given(PLANS)
        def search(plan: Plan) -> None:
            if not any(map(shows, found)):
                found.extend(self.live(plan, bug))

        search()
        return any(map(shows, found))


@pytest.fixture
def check(database_url: str, policy: Policy) -> Iterator[Check]:
    check = Check(database_url, policy)
    yield check
    check.close()


@PLANNED
@given(plan=PLANS)
def test_whatever_happens_the_guarantees_hold(check: Check, plan: Plan) -> None:
    """Each intent reaches the provider at most once, caps hold, and the audit is clean."""
    assert check.live(plan, Bug()) == []


def _is_over_a_cap(found: str) -> bool:
    """By the test's own count of what the provider took, or by the audit's of the record."""
    return "over the cap" in found or found.startswith("G3 ")


def test_cap_off_by_one_is_found(check: Check, policy: Policy) -> None:
    """A gate that allows one message more than the policy is caught by the count."""
    wrong = policy.model_dump(mode="json")
    wrong["contact"]["counters"]["messages_per_day"]["value"]["limit"] += 1
    bug = Bug(policy=Policy.model_validate(wrong))
    assert check.finds(bug, _is_over_a_cap)


class UnguardedContacts(CrashingContacts):
    """Reserves on facts that may have changed since they were read.

    However a machine takes turns, both look before one of them reserves, and none asks for the
    revision while the other changes it.
    """

    both_have_looked, one_at_a_time = asyncio.Barrier(2), asyncio.Lock()

    async def _decide(self, connection: Connection, intent: Intent, now: datetime) -> Ruling:
        ruling = await super()._decide(connection, intent, now)
        async with asyncio.timeout(MOST_SECONDS):
            await self.both_have_looked.wait()
        return ruling

    async def _reserve(
        self, connection: Connection, intent: Intent, ruling: Ruling, allowed: Allowed
    ) -> Attempt | None:
        recipient = ruling.recipient
        async with self.one_at_a_time:
            recipient.revision = await connection.fetchval(
                "SELECT revision FROM borrowers WHERE borrower_id = $1", recipient.borrower_id
            )
            return await super()._reserve(connection, intent, ruling, allowed)


def test_missing_guard_is_found(check: Check) -> None:
    """Two senders both find the counter free, and nothing tells the second one."""
    assert check.live(TWO_AT_ONCE, Bug()) == []
    found = check.live(TWO_AT_ONCE, Bug(contacts=UnguardedContacts))
    assert any(map(_is_over_a_cap, found))


class LateContacts(CrashingContacts):
    """Reserves only once the message was sent."""

    _late: tuple[Intent, datetime] | None = None

    async def reserve_contact(
        self, intent: Intent, now: datetime
    ) -> Reservation | Refused | Closure:
        decision = await super().reserve_contact(intent, now)
        if isinstance(decision, Reservation) and decision.is_new:
            await self._pool.execute(
                "DELETE FROM contact_attempts WHERE attempt_id = $1", decision.attempt_id
            )
            self._late = intent, now
        return decision

    async def record_sent(
        self, case_id: str, attempt_id: str, provider_ref: str, sent_at: datetime, now: datetime
    ) -> CaseFacts:
        if self._late is not None:  # else a try before this one has got so far
            await super().reserve_contact(*self._late)
        return await super().record_sent(case_id, attempt_id, provider_ref, sent_at, now)


def test_reservation_after_the_send_is_found(check: Check) -> None:
    """A crash in between leaves no trace, and the retry sends again."""
    assert check.finds(Bug(contacts=LateContacts), lambda found: "sent twice" in found)


class ForgetfulGateway(FakeGateway):
    """Nobody asks the provider: as if it had never taken anything."""

    async def find(self, sought: Sought) -> Sent | None:
        return None


def test_retry_that_does_not_ask_the_provider_is_found(check: Check) -> None:
    """After a crash between delivery and record the same intent goes out again."""
    assert check.finds(Bug(gateway=ForgetfulGateway), lambda found: "sent twice" in found)


class StaleContacts(CrashingContacts):
    """A retry goes out under the reservation of the first try, whatever has changed since."""

    async def renew_reservation(
        self, intent: Intent, now: datetime
    ) -> Reservation | Refused | Closure:
        async with self._pool.acquire() as connection:
            ruling = await self._decide(connection, intent, now)
            attempt = await self._attempt_of(connection, intent)
        return Reservation(
            attempt_id=attempt.attempt_id,
            status=AttemptStatus.RESERVED,
            is_new=True,
            number=attempt.number,
            recipient=ruling.recipient,
            lawful_until=None,
            reserved_at=attempt.reserved_at,
            words=self._worded(intent, ruling, Allowed(phone_id="")).words,
            template="overdue_notice",
        )


def test_retry_on_an_old_permission_is_found(check: Check) -> None:
    """It goes out at night, on a day of another message, or to a number blocked meanwhile."""
    wrongs = ("at night", "over the cap", "silence")
    assert check.finds(
        Bug(contacts=StaleContacts), lambda found: any(wrong in found for wrong in wrongs)
    )
