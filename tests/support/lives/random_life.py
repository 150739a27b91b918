"""A life in which anything that other systems can say comes at any moment, over and over.

What comes is drawn by its number, so that a life is lived again by it. Half of it does not fit, and
has to be refused; none of it may leave the case where nothing leads on from.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from temporalio.service import RPCError, RPCStatusCode

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.surroundings import Surroundings
from tests.support.lives.time_skipping import MOMENT

RICH = {"monthly_income_minor": 9_000_000, "monthly_expense_minor": 300_000}
PAUSES = (
    *(MOMENT, MOMENT, timedelta(minutes=10), timedelta(hours=2), timedelta(hours=2)),
    *(timedelta(hours=9), timedelta(days=1), timedelta(days=3)),
)
LEAPS = (timedelta(days=10), timedelta(days=35), timedelta(days=150))  # of a clock, or an outage
ONE_IN = 25  # pauses is a leap, and as many steps change what is around
BEGINS_IN = (Stage.EARLY_CONTACT, Stage.VISIT, Stage.AGREEMENT, Stage.GUIDED_REPAYMENT)


class Chance(NamedTuple):
    """Something that may be said now, and how likely it is beside the rest."""

    weight: int
    name: str
    body: Json


class RandomLife:
    """One life, and the source of its chances."""

    def __init__(self, life: Life, seed: int) -> None:
        self._life = life
        self._random = random.Random(seed)  # noqa: S311
        self._count = 0
        self._surroundings = Surroundings(life)
        self._versions: list[str] = []
        self.said: list[str] = []  # to tell a life that went wrong

    async def begin(self) -> None:
        """On the way to a stage that takes long to come to by chance."""
        self._versions = await self._surroundings.arrange()
        stage = self._random.choice(BEGINS_IN)
        if stage is not Stage.EARLY_CONTACT:
            await self._life.drive_to(stage)

    async def live(self, steps: int) -> bool:
        """So many moments, with up to three things said at each; False once the case has ended."""
        for _ in range(steps):
            for _ in range(self._random.choice((1, 1, 1, 2, 3))):
                if await self._is_closed():
                    return False
                await self._say()
            if self._is_rare():
                self.said.append(await self._surroundings.hold_or_release())
            await self._life.skip(self._random.choice(LEAPS if self._is_rare() else PAUSES))
        return not await self._is_closed()

    def _is_rare(self) -> bool:
        return self._random.randrange(ONE_IN) == 0

    async def _is_closed(self) -> bool:
        closed_at = "SELECT closed_at FROM collection_cases WHERE case_id = $1"
        return await self._life.value(closed_at, self._life.case_id) is not None

    async def _say(self) -> None:
        self._count += 1
        status, now = await self._life.status(), await self._life.now()
        chances = list(self._chances(status, now))
        [chance] = self._random.choices(chances, [each.weight for each in chances])
        self.said.append(f"{now:%m-%d %H:%M} {status['stage']}: {chance.name} {chance.body}")
        await self._send(chance.name, {"event_id": f"r-{self._count}", **chance.body})

    async def _send(self, name: str, body: Json) -> None:
        """By signal. The test server finds no run just while one is continued as new."""
        try:
            await self._life.signal(name, **body)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            if not await self._is_closed():
                await self._life.signal(name, **body)

    # What may be said

    def _chances(self, status: Json, now: datetime) -> Iterator[Chance]:
        yield from self._of_money(status, now)
        yield from self._of_peace(status, now)
        yield from self._of_visit(status, now)
        yield from self._of_plan(status, now)
        yield Chance(1, "policy_adopted", {"policy_version": self._random.choice(self._versions)})

    def _of_money(self, status: Json, now: datetime) -> Iterator[Chance]:
        draw, number = self._random, self._count
        part = status["plan"].get("next_part")
        rest = part["rest_minor"] if part else 20_000
        amount = draw.choice((1, 500, 5_000, rest // 2 + 1, rest, rest, 2 * rest))
        paid = {"payment_id": f"P-{number}", "amount_minor": amount}
        yield Chance(3, "payment_received", paid)
        late = (now - timedelta(days=draw.randint(1, 4))).isoformat()
        yield Chance(1, "payment_received", {**paid, "occurred_at": late})
        yield Chance(3, "payment_reversed", {"payment_id": f"P-{draw.randint(0, number)}"})
        due_on = self._life.loan.on(now) + timedelta(days=draw.randint(0, 14))
        yield Chance(1, "promise_made", {"amount_minor": 1_000, "due_on": str(due_on)})

    def _of_peace(self, status: Json, now: datetime) -> Iterator[Chance]:
        draw, number = self._random, self._count
        until = (now + timedelta(hours=draw.randint(1, 200))).isoformat()
        yield Chance(
            1, "hold_placed", {"hold_id": f"H-{number}", "reason": "dispute", "until": until}
        )
        yield Chance(1, "hold_placed", {"hold_id": f"H-{number}", "reason": "hardship"})
        for hold in status["holds"]:
            yield Chance(6, "hold_released", {"hold_id": hold["hold_id"]})
        yield Chance(1, "complaint_filed", {"complaint_id": f"C-{number}", "about": "tone"})
        for complaint in status["complaints"]:
            which = {"complaint_id": complaint["complaint_id"]}
            upheld = draw.random() < 0.5
            barred = [draw.choice(("C-1", "C-2", "c-3"))] if upheld and draw.random() < 0.3 else []
            answer = {"upheld": upheld, "handler_id": "H-9", "barred_badge_ids": barred}
            yield Chance(6, "complaint_resolved", {**which, **answer})
            yield Chance(1, "complaint_extended", {**which, "approver_id": "A-7", "reason": "hard"})
        blocked = draw.choice(([], [], ["visit"], ["sms"]))
        yield Chance(1, "contact_preferences_changed", {"blocked_channels": blocked})

    def _of_visit(self, status: Json, now: datetime) -> Iterator[Chance]:
        visit, stage = status["visit"], status["stage"]
        if stage in (Stage.EARLY_CONTACT, Stage.APPLICATION):
            yield Chance(4, "visit_requested", self._life.application())
            by_borrower = {"applicant": "borrower", "applicant_id": "B-1"}
            yield Chance(2, "visit_requested", self._life.application(**by_borrower))
        if not visit:
            return
        which = {"visit_id": visit["visit_id"]}
        asked = stage == Stage.APPROVAL
        yield Chance(12 if asked else 1, "visit_approved", {**which, "approver_id": "A-1"})
        yield Chance(1, "visit_rejected", {**which, "approver_id": "A-1"})
        yield Chance(1, "visit_withdrawn", {**which, "withdrawn_by_id": "K-1"})
        yield Chance(1, "approval_withdrawn", {**which, "approver_id": "A-1"})
        if visit["slot"]:
            yield from self._of_appointment(visit, stage, now)

    def _of_appointment(self, visit: Json, stage: str, now: datetime) -> Iterator[Chance]:
        slot = {"slot_id": visit["slot"]["slot_id"]}
        another = [(now + timedelta(days=6)).isoformat()]
        yield Chance(8 if stage == Stage.APPOINTMENT else 1, "appointment_confirmed", slot)
        yield Chance(1, "appointment_declined", {**slot, "preferred_times": another})
        yield Chance(1, "appointment_withdrawn", slot)
        if stage != Stage.VISIT:
            return
        known = self._random.random() < 0.8
        at_the_door = self._life.check_in({"visit": visit}, identity_verified=known)
        yield Chance(14, "visit_checked_in", at_the_door)
        which = {"visit_id": visit["visit_id"]}
        agreed = {"outcome": "agreed", "capacity": RICH, "proposal": self._proposal(now)}
        yield Chance(8, "visit_reported", {**which, **agreed})
        other = self._random.choice(("refused", "not_present", "wrong_address", "unsafe"))
        yield Chance(1, "visit_reported", {**which, "outcome": other})

    def _of_plan(self, status: Json, now: datetime) -> Iterator[Chance]:
        in_force, stage = status["plan"], status["stage"]
        plan = status["next_plan"] or in_force
        if plan and stage == Stage.PLAN:
            which = {"plan_id": plan["plan_id"], "approver_id": "A-2"}
            yield Chance(8, "plan_approved", which)
            yield Chance(1, "plan_rejected", which)
        if plan.get("document_sha256"):
            signed = self._life.signature({"plan": plan}, signatories=["B-1"])
            confirmed = {"costs_confirmed_at": (now - MOMENT).isoformat()}
            yield Chance(
                10 if stage == Stage.AGREEMENT else 1, "agreement_signed", signed | confirmed
            )
            yield Chance(1, "agreement_declined", {"agreement_id": plan["agreement_id"]})
        if in_force.get("in_force"):
            yield Chance(4, "renegotiation_requested", self._request(in_force, now))

    def _request(self, plan: Json, now: datetime) -> dict[str, Any]:
        who = {
            "agreement_id": plan["agreement_id"],
            "requested_by_id": self._random.choice(("B-1", "C-1")),
        }
        return {**who, "capacity": RICH, "proposal": self._proposal(now)}

    def _proposal(self, now: datetime) -> Json:
        draw = self._random
        first_due = self._life.loan.on(now) + timedelta(days=draw.choice((0, 1, 5, 30)))
        return {
            "instalments": draw.choice((1, 2, 3, 12)),
            "first_due_on": str(first_due),
            "waiver_minor": draw.choice((0, 0, 5_000, 40_000)),
            "down_payment_minor": draw.choice((0, 50_000)),
        }
