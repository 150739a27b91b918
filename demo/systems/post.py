"""How other systems reach a loan, on business time: by the front door, or by signals."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import count
from typing import Any

from demo.systems.directory import APP
from demo.systems.door_client import DoorClient, DoorRefusedError
from demo.systems.signals import Signals
from domain.clock import BusinessClock


@dataclass(frozen=True)
class Reply:
    """What became of an event. `is_running` is False when no case takes it any more."""

    accepted: bool
    reason: str = ""
    is_running: bool = True
    instruction: str = ""  # to a crew at the door


class Post:
    """Sends the contract's events, each with an id of its own; `doors` by the sending system.

    Whoever has no door speaks by signals.
    """

    def __init__(
        self, clock: BusinessClock, doors: Mapping[str, DoorClient], signals: Signals
    ) -> None:
        self.signals = signals
        self._clock = clock
        self._doors = doors
        self._numbers = count(1)
        self._last: dict[str, tuple[str, dict[str, Any]]] = {}

    @property
    def now(self) -> datetime:
        """Business time."""
        return self._clock.business(datetime.now(UTC))

    async def wait_until(self, moment: datetime) -> None:
        """Let business time pass until a moment."""
        left = self._clock.real(moment) - datetime.now(UTC)
        if left > timedelta(0):
            await asyncio.sleep(left.total_seconds())

    async def wait(self, **length: float) -> None:
        """Let some business time pass, such as `hours=3`."""
        await self.wait_until(self.now + timedelta(**length))

    async def tell(self, loan_id: str, source: str, event: str, **body: Any) -> Reply:
        """Send an event. Of a signal the reply says only whether a workflow took it."""
        letter = {
            "event_id": f"{source}-{next(self._numbers)}",
            "occurred_at": self.now.isoformat(),
            "source": source,
            **body,
        }
        self._last[loan_id] = (event, letter)
        return await self._send(loan_id, event, letter)

    async def tell_again(self, loan_id: str) -> None:
        """Send the last event of a loan once more, with the same id."""
        event, letter = self._last[loan_id]
        await self._send(loan_id, event, letter)

    async def ask_status(self, loan_id: str) -> dict[str, Any]:
        """Where a loan stands, as the borrower's app sees it; empty without an open case."""
        try:
            return await self._doors[APP].ask(f"/v1/loans/{loan_id}")
        except DoorRefusedError as refused:
            if refused.status != HTTPStatus.NOT_FOUND:
                raise
            return {}

    async def _send(self, loan_id: str, event: str, letter: dict[str, Any]) -> Reply:
        door = self._doors.get(letter["source"])
        if door is None:
            is_taken = await self.signals.send(loan_id, event, letter)
            return Reply(accepted=is_taken, is_running=is_taken)
        answer = await door.send(letter | {"loan_id": loan_id, "name": event})
        reason = answer["reason"] or ""
        return Reply(
            accepted=answer["accepted"],
            reason=reason,
            is_running=not reason.startswith("LC-NO-CASE"),
            instruction=answer.get("instruction", ""),
        )
