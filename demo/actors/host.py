"""The borrower as host: they read of a visit, answer in the app, and check who rings."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from demo.stories.acts import AtProposal, nth
from demo.stories.person import Person
from demo.systems.directory import APP
from demo.systems.feed import visit_code
from demo.systems.ledger import ZONE
from demo.systems.news_receiver import News
from demo.systems.post import Post

Pay = Callable[[float], Awaitable[None]]

_PART = 0.55  # of the arrears: more than an approval bears
_STRANGER = "X-99"
_HOURS_BEFORE = range(18, -2, -2)  # a visit, when they ask


class Host:
    """Answers proposals, each once, as the habit says."""

    def __init__(self, person: Person, post: Post, pay: Pay) -> None:
        self._person = person
        self._post = post
        self._pay = pay
        self._slots_seen: list[str] = []
        self._visit_code = ""
        self._answers: dict[AtProposal, Callable[[str, str], Awaitable[None]]] = {
            AtProposal.CONFIRMS: self._confirm,
            AtProposal.DECLINES: self._decline,
            AtProposal.WITHDRAWS: self._withdraw,
            AtProposal.PAYS_PART: self._pay_part,
            AtProposal.COMPLAINS: self._complain,
        }

    async def read_invitation(self) -> None:
        """Apply, if it is their way."""
        if self._person.habit.visits.applicant == "borrower":
            await self._post.wait(hours=30)
            await self._tell(
                "visit_requested",
                applicant="borrower",
                applicant_id=self._person.borrower_id,
                address_id=self._person.address_id,
            )

    def read_appointment(self, text: str) -> None:
        """Remember the visit code of a message."""
        self._visit_code = visit_code(text) or self._visit_code

    async def consider(self, news: News) -> None:
        """Answer the proposal that the app shows."""
        visit_id, slot_id = news.data["visit_id"], news.data["slot_id"]
        if slot_id in self._slots_seen:
            return
        self._slots_seen.append(slot_id)
        choice = nth(self._person.habit.visits.appointments, len(self._slots_seen))
        if answer := self._answers.get(choice):
            await self._post.wait(hours=5)
            await answer(visit_id, slot_id)

    async def check_visitors(self, starts_at: datetime, badge_id: str) -> None:
        """Ask the hotline about a stranger who rings, and again and again about the visitor."""
        await self._post.wait_until(starts_at - timedelta(hours=20))
        await self._ask_about(_STRANGER)
        async with asyncio.TaskGroup() as asking:  # on this clock an answer may take hours
            for hours in _HOURS_BEFORE:
                await self._post.wait_until(starts_at - timedelta(hours=hours))
                asking.create_task(self._ask_about(badge_id))

    async def _ask_about(self, badge_id: str) -> None:
        caller = f"app-user-{crc32(self._person.loan_id.encode())}"
        await self._post.signals.check_visitor(self._visit_code, badge_id, caller)

    async def _confirm(self, _: str, slot_id: str) -> None:
        await self._tell("appointment_confirmed", slot_id=slot_id)

    async def _decline(self, _: str, slot_id: str) -> None:
        later = (self._post.now + timedelta(days=6)).astimezone(ZONE).replace(hour=15, minute=0)
        await self._tell(
            "appointment_declined",
            slot_id=slot_id,
            reason="at work",
            preferred_times=[later.isoformat()],
        )

    async def _withdraw(self, visit_id: str, _: str) -> None:
        await self._tell(
            "visit_withdrawn",
            visit_id=visit_id,
            withdrawn_by_id=self._person.borrower_id,
            reason="not now",
        )

    async def _pay_part(self, _: str, __: str) -> None:
        await self._pay(_PART)

    async def _complain(self, _: str, slot_id: str) -> None:
        await self._tell(
            "complaint_filed",
            complaint_id=f"complaint-{slot_id}",
            about="the crew",
        )

    async def _tell(self, event: str, **body: Any) -> None:
        await self._post.tell(self._person.loan_id, APP, event, **body)
