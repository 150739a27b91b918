"""How other systems reach a loan's workflow: signals, and an update where they need the answer."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.clock import BusinessClock
from temporal.names import DELIVER, STATUS, TASK_QUEUE, VISITOR_CHECK, workflow_id

_PATIENCE = timedelta(seconds=20)  # of real time, for a worker that may be down
_PAUSE = timedelta(seconds=2)
_TRIES = 4


@dataclass(frozen=True)
class Reply:
    """What became of an event. `is_running` is False when no workflow takes it any more."""

    accepted: bool
    reason: str = ""
    is_running: bool = True
    instruction: str = ""  # to a crew at the door


class Post:
    """Sends the contract's events, each with an id of its own, on business time."""

    def __init__(self, client: Client, clock: BusinessClock) -> None:
        self._client = client
        self._clock = clock
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

    async def tell(self, loan_id: str, source: str, event: str, **body: Any) -> bool:
        """Send an event by signal. False when no workflow runs for the loan."""
        letter = self._letter(source, body)
        self._last[loan_id] = (event, letter)
        return await self.tell_raw(loan_id, event, letter)

    async def tell_again(self, loan_id: str) -> bool:
        """Send the last event of a loan once more, with the same id."""
        event, letter = self._last[loan_id]
        return await self.tell_raw(loan_id, event, letter)

    async def tell_raw(self, loan_id: str, event: str, body: object) -> bool:
        """Send anything at all by signal."""
        try:
            await self._handle(loan_id).signal(event, body)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def ask(self, loan_id: str, source: str, event: str, **body: Any) -> Reply:
        """Send an event by update and wait for the answer; asked again while the worker is down."""
        letter = {"name": event, **self._letter(source, body)}
        for _ in range(_TRIES):
            try:
                answer = await self._handle(loan_id).execute_update(
                    DELIVER, letter, rpc_timeout=_PATIENCE
                )
                return Reply(
                    accepted=bool(answer["accepted"]),
                    reason=answer["reason"] or "",
                    instruction=answer.get("instruction", ""),
                )
            except WorkflowUpdateRPCTimeoutOrCancelledError:
                continue
            except WorkflowUpdateFailedError as error:  # the workflow ended meanwhile
                return Reply(accepted=False, reason=str(error.cause), is_running=False)
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return Reply(accepted=False, reason="no workflow is running", is_running=False)
                await asyncio.sleep(_PAUSE.total_seconds())
        return Reply(accepted=False, reason="no answer")

    async def ask_status(self, loan_id: str) -> dict[str, Any]:
        """Where a loan stands; asked again while the worker is down, empty without an answer."""
        status: dict[str, Any] = {}
        for _ in range(_TRIES):
            try:
                status = await self._handle(loan_id).query(STATUS, rpc_timeout=_PATIENCE)
                break
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    break
                await asyncio.sleep(_PAUSE.total_seconds())
        return status

    async def check_visitor(self, visit_code: str, badge_id: str, caller: str) -> None:
        """Ask the hotline whether a visitor is ours. Without an answer nothing is lost."""
        with suppress(WorkflowFailureError):
            await self._client.execute_workflow(
                VISITOR_CHECK,
                {"visit_code": visit_code, "badge_id": badge_id, "caller": caller},
                id=f"visitor-check-{next(self._numbers)}",
                task_queue=TASK_QUEUE,
                execution_timeout=_PATIENCE,
            )

    def _letter(self, source: str, body: dict[str, Any]) -> dict[str, Any]:
        return {
            "event_id": f"{source}-{next(self._numbers)}",
            "occurred_at": self.now.isoformat(),
            "source": source,
            **body,
        }

    def _handle(self, loan_id: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(workflow_id(loan_id))
