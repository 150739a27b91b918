"""The borrowers: each follows their habit, reads their messages, and pays or does not."""

import json
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from database.sql import Pool
from demo.actors.host import Host
from demo.actors.repayer import Repayer
from demo.stories.acts import Act, Move
from demo.stories.person import COLLECTOR, Person
from demo.systems.directory import (
    APP,
    CALL_CENTRE,
    FIELD_SERVICE,
    HARDSHIP_DESK,
    HOTLINE,
    PORTFOLIO,
    SMS_PROVIDER,
)
from demo.systems.ledger import ZONE, Ledger
from demo.systems.post import Post

Body = dict[str, Any]

_WRITE_REPLY = """
    INSERT INTO replies (reply_id, phone_id, text, received_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
"""
AFTERNOON = {"start": "12:00", "end": "20:00"}


def complaint_id(loan_id: str, move: Move) -> str:
    """The id of the complaint of a move."""
    return f"complaint-{loan_id}-{move.day}"


class Borrower:
    """Acts out one habit; they are also the host of visits, and repay agreements."""

    def __init__(self, person: Person, pool: Pool, post: Post, ledger: Ledger) -> None:
        self._person = person
        self._pool = pool
        self._post = post
        self._ledger = ledger
        self.host = Host(person, post, self.pay)
        self.repayer = Repayer(person, post, ledger, self.pay)

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
                await self.be_applied_for()
            case Act.REPLY:
                await self._reply(move)
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
        complaint = {
            "complaint_id": complaint_id(loan_id, move),
            "about": "a call",
        }
        preferences = "contact_preferences_changed"
        phone_id = self._person.phone_id
        called = {"phone_id": phone_id, "identity_confirmed": True, "duration_s": 140}
        letters: dict[Act, tuple[str, str, Body]] = {
            Act.CALL: (
                HOTLINE,
                "call_received",
                called | {"call_id": f"in-{loan_id}-{move.day}", "recording_id": f"in-{loan_id}"},
            ),
            Act.FRIEND_REFUSES: (
                HOTLINE,
                "phone_reported",
                {
                    "phone_id": self._person.contact_phone_id,
                    "status": "refused",
                    "by": "hotline",
                },
            ),
            Act.COMPLAIN: (APP, "complaint_filed", complaint),
            Act.HOLD: (
                HARDSHIP_DESK,
                "hold_placed",
                hold | {"reason": move.text, "until": until.isoformat() if move.days else None},
            ),
            Act.RELEASE: (HARDSHIP_DESK, "hold_released", hold),
            Act.BLOCK_CALLS: (APP, preferences, {"blocked_channels": ["call"]}),
            Act.BLOCK_PHONE: (APP, preferences, {"blocked_phone_ids": [phone_id]}),
            Act.AFTERNOONS_ONLY: (APP, preferences, {"agreed_hours": [AFTERNOON]}),
            Act.CLOSE: (PORTFOLIO, "case_closed", {"outcome": move.text, "reason": "demo"}),
        }
        return letters[move.act]

    async def pay(self, share: float = 1.0) -> None:
        """Pay a share of the arrears; who pays all sees to it that nothing is left.

        Another instalment may fall due before a payment is on record: then they pay that too.
        """
        loan_id = self._person.loan_id
        while (owed := await self._ledger.owed(loan_id)).arrears_minor:
            await self._ledger.receive(loan_id, max(round(owed.arrears_minor * share), 1))
            if share < 1:
                return
            await self._post.wait(days=2)

    async def be_applied_for(self) -> None:
        """A collector applies for a visit."""
        await self._post.tell(
            self._person.loan_id,
            FIELD_SERVICE,
            "visit_requested",
            applicant="collector",
            applicant_id=COLLECTOR,
            address_id=self._person.address_id,
        )

    async def hear_of_call(self) -> None:
        """A contact person has told them to call back: they do, and pay."""
        await self._post.wait(days=2)
        await self.pay()

    async def _reply(self, move: Move) -> None:
        """Write back. What is no word waits for somebody, who takes it for what it says."""
        loan_id, reply_id = self._person.loan_id, f"reply-{self._person.loan_id}-{move.day}"
        await self._pool.execute(
            _WRITE_REPLY, reply_id, self._person.phone_id, move.text, self._post.now
        )
        await self._post.tell(loan_id, SMS_PROVIDER, "reply_received", reply_id=reply_id)
        if move.days is not None:
            await self._post.wait(hours=20)
            until = self._post.now + timedelta(days=move.days)
            await self._post.tell(
                loan_id,
                HARDSHIP_DESK,
                "borrower_said",
                says="disputes",
                until=until.isoformat(),
                by="sms",
            )

    async def _promise(self, days: int) -> None:
        owed = await self._ledger.owed(self._person.loan_id)
        await self._post.tell(
            self._person.loan_id,
            CALL_CENTRE,
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
            (
                "visit_approved",
                head
                | {"event_id": f"early-{loan_id}-{day}", "visit_id": "none", "approver_id": "A-1"},
            ),
        ):
            await self._post.signals.send(loan_id, name, body)
