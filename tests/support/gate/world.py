"""A few borrowers with several loans each, on whom a plan is carried out and checked."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from temporalio.exceptions import ApplicationError

from activities.contact_activities import ContactActivities
from database.case.cases import Cases
from database.case.scan import Cursor, Scan
from database.contact.closed_gateways import ClosedGateways
from database.event_record import Events
from database.policy.pinned_policies import PinnedPolicies
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.case.events.judged_event import JudgedEvent
from domain.contact.intent import Intent
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.gate.plan import BORROWERS, LOANS, Crash, Event, Plan, Send, Wave
from tests.support.gate.provider import FAULTS, CrashingContacts, WatchedProvider
from tests.support.gate.wrongs import wrongs
from tests.support.gateways import DiedError, FakeGateway, Fault
from tests.support.world import INSTALMENT, ZONE, Loan, insert_loan

DAYS_PAST_DUE = 5
TEMPLATES = {Channel.SMS: "overdue_notice", Channel.CALL: "overdue_call"}
EVENING = {"start": "18:00", "end": "20:00"}
TICK = timedelta(milliseconds=1)


@dataclass
class Bug:
    """The parts of the product that a test may put a bug into."""

    contacts: type[CrashingContacts] = CrashingContacts
    gateway: type[FakeGateway] = FakeGateway
    policy: Policy | None = None


class World:
    """One example's borrowers, in a database shared by all examples; time only goes forward."""

    def __init__(self, pool: Pool, policy: Policy, bug: Bug, name: str, plan: Plan) -> None:
        self._pool, self._bug, self._plan = pool, bug, plan
        self._pinned = PinnedPolicies(bug.policy or policy)
        self._policy = policy
        self._provider = WatchedProvider()
        self._faults = set() if plan.provider_can_tell else {Fault.CANNOT_TELL}
        self._events = Events(pool)
        self._open: dict[str, Intent] = {}
        self._numbers = count(1)
        # Each example has months of its own: the audit looks at all of them.
        day = date(2026, 2, 2) + timedelta(days=60 * int(name))
        self._now = datetime(day.year, day.month, day.day, plan.begins_at, tzinfo=ZoneInfo(ZONE))
        due_on = day - timedelta(days=DAYS_PAST_DUE)
        self.loans = [
            Loan(f"L-{name}-{n}", f"B-{name}-{n % BORROWERS}", due_on, phones=2, instalments=3)
            for n in range(LOANS)
        ]

    def now(self) -> datetime:
        """Later at each look."""
        self._now += TICK
        return self._now

    async def live(self) -> list[str]:
        """Carry the plan out; answers with all that went wrong."""
        await self._begin()
        for wave in self._plan.waves:
            await self._at_once(wave)
            self._now += wave.then
        await self._retry_until_settled()
        found = await wrongs(self._pool, self._provider, self.now())
        await self._end()
        return found

    async def _begin(self) -> None:
        now = self.now()
        await StoredPolicies(self._pool).store_policy(self._policy, fingerprint(self._policy), now)
        for loan in self.loans:
            await insert_loan(self._pool, loan)
        await self._pool.execute("UPDATE phones SET number = phone_id")
        async for page in Scan(self._pool).open_cases(Cursor(), self._policy.version, now):
            for case in page.to_start:
                await Cases(self._pool).take_up_case(case.case_id)

    async def _end(self) -> None:
        await self._pool.execute(
            "UPDATE collection_cases SET closed_at = $1, outcome = 'withdrawn'"
            " WHERE closed_at IS NULL",
            self.now(),
        )
        await self._pool.execute("UPDATE loans SET status = 'withdrawn'")

    # Senders and events

    async def _at_once(self, wave: Wave) -> None:
        tries = dict.fromkeys(self._open if wave.retry else {}, Crash.NONE)
        intents = dict(self._open)
        for send in wave.sends:
            intent = self._intent(send)
            intents[intent.key], tries[intent.key] = intent, send.crash
        self._provider.silent_numbers = set() if wave.events else await self._silent_numbers()
        await asyncio.gather(
            *(self._try(intents[key], crash) for key, crash in tries.items()),
            *(self._happen(event) for event in wave.events),
            self._end_calls(wave.calls_end),
        )

    async def _try(self, intent: Intent, crash: Crash) -> None:
        """One try of the activity, in a process of its own."""
        self._open[intent.key] = intent
        faults = self._faults | ({FAULTS[crash]} if crash in FAULTS else set())
        gateway = self._bug.gateway(provider=self._provider, faults=faults)
        activities = ContactActivities(
            self._bug.contacts(self._pool, self._pinned, crash),
            ClosedGateways(self._pool),
            dict.fromkeys(Channel, gateway),
            self.now,
        )
        with suppress(DiedError, ApplicationError):  # Temporal asks again, some time
            await activities.contact_borrower(intent)
            del self._open[intent.key]

    async def _retry_until_settled(self) -> None:
        self._provider.silent_numbers = await self._silent_numbers()
        while self._open:
            intents = list(self._open.values())
            await asyncio.gather(*(self._try(intent, Crash.NONE) for intent in intents))

    def _intent(self, send: Send) -> Intent:
        case_id = self._case_id(send.loan)
        return Intent(
            key=f"{case_id}:{send.channel}-{send.step}",
            case_id=case_id,
            channel=send.channel,
            purpose=Purpose.COLLECTION,
            template=TEMPLATES[send.channel],
        )

    def _case_id(self, loan: int) -> str:
        return f"{self.loans[loan].loan_id}:{self.loans[loan].first_due_on}"

    async def _happen(self, event: Event) -> None:
        name, body = self._words(event)
        await self._tell(event.loan, name, **body)

    async def _end_calls(self, outcome: str | None) -> None:
        """The call platform reports every call whose outcome is still open."""
        if outcome is None:
            return
        for number, loan in enumerate(self.loans):
            rows = await self._pool.fetch(
                "SELECT attempt_id FROM contact_attempts WHERE loan_id = $1 AND channel = 'call'"
                " AND outcome IS NULL AND status = 'sent'",
                loan.loan_id,
            )
            for row in rows:
                call = {"attempt_id": row["attempt_id"], "recording_id": "R", "outcome": outcome}
                await self._tell(number, "call_finished", **call)

    async def _tell(self, loan: int, name: str, **body: Any) -> None:
        """Record an event as the workflow does; the record may refuse it."""
        event_id, now = f"e-{next(self._numbers)}", self.now()
        stamp = {"event_id": event_id, "occurred_at": now.isoformat(), "source": "test"}
        delivery = JudgedEvent(
            case_id=self._case_id(loan),
            loan_id=self.loans[loan].loan_id,
            event_id=event_id,
            name=name,
            source="test",
            occurred_at=now,
            stage="early_contact",
            body=json.dumps(stamp | body),
            receipt=event_id,
        )
        await self._events.record_event(delivery, self.now)

    def _words(self, event: Event) -> tuple[str, dict[str, Any]]:
        """An event's name and body, as other systems send them."""
        loan = self.loans[event.loan]
        preferences: dict[str, Any] = {"blocked_channels": []}
        if event.name == "payment_received":
            payment_id = f"P-{loan.loan_id}-{next(self._numbers)}"
            return event.name, {"payment_id": payment_id, "amount_minor": INSTALMENT}
        if event.name in ("hold_placed", "hold_released"):
            return event.name, {"hold_id": "H"} | (
                {"reason": "dispute"} if event.name == "hold_placed" else {}
            )
        if event.name == "phone_blocked":
            preferences["blocked_phone_ids"] = [f"{loan.borrower_id}-p1"]
        elif event.name == "evenings_only":
            preferences["agreed_hours"] = [EVENING]
        return "contact_preferences_changed", preferences

    async def _silent_numbers(self) -> set[str]:
        """Whom nothing may reach from now on, unless an event allows it."""
        rows = await self._pool.fetch(
            "SELECT number FROM phones p WHERE blocked_at IS NOT NULL OR EXISTS ("
            "SELECT FROM holds h WHERE h.borrower_id = p.borrower_id AND released_at IS NULL)"
        )
        return {row["number"] for row in rows}
