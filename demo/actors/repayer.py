"""The borrower with a plan: they pay it part by part, settle it early, or ask for another."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from demo.stories.acts import AfterFirstPart
from demo.stories.person import Person
from demo.stories.proposals import propose
from demo.systems.directory import APP
from demo.systems.ledger import ZONE, Ledger
from demo.systems.post import Post

Parts = list[tuple[datetime, int]]  # when each is due, and how much it is, in minor units

_NOON = time(12)
_DAYS_LATER = 4  # than the first part: the visit is closed by then
_DAYS_AHEAD = 8  # of the first part of another plan


class Repayer:
    """Pays what was agreed on, as far as the habit goes."""

    def __init__(
        self, person: Person, post: Post, ledger: Ledger, pay: Callable[[], Awaitable[None]]
    ) -> None:
        self._person = person
        self._post = post
        self._ledger = ledger
        self._pay = pay
        self._change = person.habit.visits.after_first_part

    async def repay(self, agreement_id: str) -> None:
        """Pay the parts of an agreement, each before it is due; once changed, it is kept to."""
        parts = await self._parts_of(agreement_id)
        kept = parts[: self._person.habit.visits.parts_paid]
        await self._pay_in_time(kept[:1])
        change, self._change = self._change, AfterFirstPart.KEEPS_PLAN
        if change is AfterFirstPart.RENEGOTIATES and await self._renegotiate():
            return  # the other agreement is repaid once it is signed
        if change is not AfterFirstPart.SETTLES or not await self._settle():
            await self._pay_in_time(kept[1:])
        if len(kept) == len(parts):
            await self._post.wait(days=3)
            await self._pay()  # what has fallen due since the plan was made

    async def _parts_of(self, agreement_id: str) -> Parts:
        """As the app shows them; none of an agreement that is none any more."""
        status = await self._post.ask_status(self._person.loan_id)
        for plan in (status.get("plan", {}), status.get("next_plan", {})):
            if plan.get("agreement_id") == agreement_id:
                return [
                    (
                        datetime.combine(date.fromisoformat(part["due_on"]), _NOON, ZONE),
                        part["amount_minor"],
                    )
                    for part in plan["plan"]["parts"]
                ]
        return []

    async def _pay_in_time(self, parts: Parts) -> None:
        for due, amount_minor in parts:
            await self._post.wait_until(due - timedelta(hours=12))
            await self._ledger.receive(self._person.loan_id, amount_minor)

    async def _settle(self) -> bool:
        """Ask what completes the plan today and pay exactly that; False without an answer."""
        plan = await self._ask_about_plan()
        if not (rest_minor := plan.get("early_settlement_minor")):
            return False
        await self._ledger.receive(self._person.loan_id, rest_minor)
        return True

    async def _renegotiate(self) -> bool:
        """Ask for two parts on other days in place of the rest; whether that is negotiated."""
        plan = await self._ask_about_plan()
        if not (rest_minor := plan.get("rest_minor")):
            return False
        reply = await self._post.tell(
            self._person.loan_id,
            APP,
            "renegotiation_requested",
            agreement_id=plan["agreement_id"],
            requested_by_id=self._person.borrower_id,
            **propose(
                self._person, rest_minor, 2, self._ledger.today + timedelta(days=_DAYS_AHEAD)
            ),
        )
        return reply.accepted

    async def _ask_about_plan(self) -> dict[str, Any]:
        """The plan in `status`, some days after a payment; empty without an answer."""
        await self._post.wait(days=_DAYS_LATER)
        status = await self._post.ask_status(self._person.loan_id)
        plan: dict[str, Any] = status.get("plan", {})
        return plan
