"""The borrowers: each follows his habit, reads his messages, and pays or does not."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from database.sql import Pool
from demo.acts import Act, Answer, Habit, Move, nth
from demo.ledger import ZONE, Ledger
from demo.post import Post

Body = dict[str, Any]

APP = "borrower-app"
DESK = "hardship-desk"
AFTERNOON = {"start": "12:00", "end": "20:00"}
_SLOT = "SELECT slot_id FROM visits WHERE loan_id = $1 AND ended_at IS NULL AND slot_id IS NOT NULL"


@dataclass(frozen=True)
class Person:
    """One borrower as the other systems know him."""

    loan_id: str
    borrower_id: str
    phone_id: str
    number: str
    address_id: str
    monthly_income_minor: int
    habit: Habit


class Borrower:
    """Acts out one habit."""

    def __init__(self, person: Person, pool: Pool, post: Post, ledger: Ledger) -> None:
        self._person = person
        self._pool = pool
        self._post = post
        self._ledger = ledger
        self._slots_seen: list[str] = []

    async def follow_habit(self, first_day: datetime) -> None:
        """Make the moves of the habit, each on its day at an hour of the borrower's own."""
        for move in self._person.habit.moves:
            hour = 10 + crc32(f"{self._person.loan_id}:{move.day}".encode()) % 8
            day = first_day.astimezone(ZONE).replace(hour=0) + timedelta(days=move.day)
            await self._post.wait_until(day + timedelta(hours=hour))
            await self.make(move)

    async def make(self, move: Move) -> None:
        """Make one move."""
        match move.act:
            case Act.PAY:
                await self.pay(move.share)
            case Act.PAY_OFF:
                owed = await self._ledger.owed(self._person.loan_id)
                await self._ledger.receive(self._person.loan_id, owed.outstanding_minor)
            case Act.REVERSE:
                await self._ledger.take_back(self._person.loan_id)
            case Act.PROMISE:
                await self._promise(move.days or 0)
            case Act.APPLY:
                await self.apply("collector")
            case Act.REPEAT:
                await self._post.tell_again(self._person.loan_id)
            case Act.NOISE:
                await self._stammer(move.day)
            case _:
                source, event, body = self._letter(move)
                await self._post.tell(self._person.loan_id, source, event, **body)

    def _letter(self, move: Move) -> tuple[str, str, Body]:
        """The acts that are one event: who sends it, its name and its body."""
        loan_id = self._person.loan_id
        until = self._post.now + timedelta(days=move.days or 0)
        hold = {"hold_id": f"hold-{loan_id}"}
        complaint = {"complaint_id": f"complaint-{loan_id}-{move.day}", "about": "a call"}
        preferences = "contact_preferences_changed"
        letters: dict[Act, tuple[str, str, Body]] = {
            Act.COMPLAIN: (APP, "complaint_filed", complaint),
            Act.HOLD: (
                DESK,
                "hold_placed",
                hold | {"reason": move.text, "until": until.isoformat() if move.days else None},
            ),
            Act.RELEASE: (DESK, "hold_released", hold),
            Act.BLOCK_CALLS: (APP, preferences, {"blocked_channels": ["call"]}),
            Act.BLOCK_PHONE: (APP, preferences, {"blocked_phone_ids": [self._person.phone_id]}),
            Act.AFTERNOONS_ONLY: (APP, preferences, {"agreed_hours": [AFTERNOON]}),
            Act.CLOSE: ("portfolio", "case_closed", {"outcome": move.text, "reason": "demo"}),
        }
        return letters[move.act]

    async def pay(self, share: float = 1.0) -> None:
        """Pay a share of the arrears; who pays all sees to it that nothing is left.

        Another instalment may fall due before a payment is on record: then he pays that too.
        """
        loan_id = self._person.loan_id
        while (owed := await self._ledger.owed(loan_id)).arrears_minor:
            await self._ledger.receive(loan_id, max(round(owed.arrears_minor * share), 1))
            if share < 1:
                return
            while not await self._ledger.has_recorded_last(loan_id):
                await self._post.wait(hours=3)
            await self._post.wait(days=2)

    async def apply(self, applicant: str) -> None:
        """Apply for a visit, or let a collector apply."""
        by_borrower = applicant == "borrower"
        await self._post.tell(
            self._person.loan_id,
            APP if by_borrower else "field-service",
            "visit_requested",
            applicant=applicant,
            applicant_id=self._person.borrower_id if by_borrower else "K-07",
            address_id=self._person.address_id,
        )

    async def read_invitation(self) -> None:
        """Apply, if it is his way."""
        if self._person.habit.visits.applicant == "borrower":
            await self._post.wait(hours=30)
            await self.apply("borrower")

    async def read_appointment(self) -> None:
        """Answer the proposal that the app shows."""
        slot_id = await self._pool.fetchval(_SLOT, self._person.loan_id)
        if slot_id is None or slot_id in self._slots_seen:
            return
        self._slots_seen.append(slot_id)
        answer = nth(self._person.habit.visits.appointments, len(self._slots_seen))
        if answer is Answer.SILENCE:
            return
        await self._post.wait(hours=5)
        if answer is Answer.YES:
            await self._post.tell(
                self._person.loan_id, APP, "appointment_confirmed", slot_id=slot_id
            )
            return
        later = (self._post.now + timedelta(days=6)).astimezone(ZONE).replace(hour=15, minute=0)
        await self._post.tell(
            self._person.loan_id,
            APP,
            "appointment_declined",
            slot_id=slot_id,
            reason="at work",
            preferred_times=[later.isoformat()],
        )

    async def repay(self, parts: list[tuple[datetime, int]]) -> None:
        """Pay the parts of a plan, each before it is due, as far as the habit goes."""
        kept = self._person.habit.visits.parts_paid
        for due, amount_minor in parts[:kept]:
            await self._post.wait_until(due - timedelta(hours=12))
            await self._ledger.receive(self._person.loan_id, amount_minor)
        if kept >= len(parts):
            await self._post.wait(days=3)
            await self.pay()  # what has fallen due since the plan was made

    async def _promise(self, days: int) -> None:
        owed = await self._ledger.owed(self._person.loan_id)
        await self._post.tell(
            self._person.loan_id,
            "call-centre",
            "promise_made",
            amount_minor=owed.arrears_minor,
            due_on=str(self._ledger.today + timedelta(days=days)),
        )

    async def _stammer(self, day: int) -> None:
        """What broken systems send: each is recorded as refused, none disturbs the case."""
        loan_id, now = self._person.loan_id, self._post.now.isoformat()
        head = {"event_id": f"broken-{loan_id}-{day}", "occurred_at": now, "source": "broken"}
        for name, body in (
            ("payment_received", 42),
            ("payment_received", [1, 2, 3]),
            ("payment_received", head | {"payment_id": "p-1"}),
            ("promise_made", json.dumps(head)),
            ("loan_forgiven", head | {"event_id": f"unheard-{loan_id}-{day}"}),
            ("visit_approved", head | {"event_id": f"early-{loan_id}-{day}", "approver_id": "A-1"}),
        ):
            await self._post.tell_raw(loan_id, name, body)
