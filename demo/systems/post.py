"""How other systems reach a loan's workflow: signals, and an update where they need the answer."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from database.sql import Pool
from domain.clock import BusinessClock
from temporal.names import DELIVER, STATUS, TASK_QUEUE, VISITOR_CHECK, workflow_id

_PATIENCE = timedelta(seconds=20)  # of real time, for a worker that may be down
_PAUSE = timedelta(seconds=2)
_TRIES = 4
_LATELY = timedelta(seconds=15)  # of real time: what Temporal took with it, and some more
_IS_OPEN = """
    SELECT EXISTS (SELECT FROM collection_cases
                   WHERE loan_id = $1 AND started_at IS NOT NULL AND closed_at IS NULL)
"""


@dataclass(frozen=True)
class Reply:
    """What became of an event. `is_running` is False when no workflow takes it any more."""

    accepted: bool
    reason: str = ""
    is_running: bool = True
    instruction: str = ""  # to a crew at the door


class _Sent(NamedTuple):
    at: datetime  # real time
    loan_id: str
    event: str
    body: object


class Post:
    """Sends the contract's events, each with an id of its own, on business time."""

    def __init__(self, client: Client, clock: BusinessClock, pool: Pool) -> None:
        self._client = client
        self._clock = clock
        self._pool = pool
        self._numbers = count(1)
        self._last: dict[str, tuple[str, dict[str, Any]]] = {}
        self._sent: deque[_Sent] = deque(maxlen=1000)

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
        """Send anything at all by signal; again while the run of an open case is lost."""
        self._sent.append(_Sent(datetime.now(UTC), loan_id, event, body))
        for _ in range(_TRIES):
            try:
                await self._handle(loan_id).signal(event, body)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                if not await self._will_be_back(loan_id):
                    return False
            else:
                return True
        return False

    async def tell_lately_again(self) -> None:
        """What was sent a moment before Temporal lost its data: the same ids, each counts once."""
        lately = datetime.now(UTC) - _LATELY
        for letter in [letter for letter in self._sent if letter.at >= lately]:
            await self.tell_raw(letter.loan_id, letter.event, letter.body)

    async def _will_be_back(self, loan_id: str) -> bool:
        """Whether a run that is missing is taken up again; waits for a moment if so."""
        if not await self._pool.fetchval(_IS_OPEN, loan_id):
            return False
        await asyncio.sleep(_PAUSE.total_seconds())
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
                if error.status is not RPCStatusCode.NOT_FOUND:
                    await asyncio.sleep(_PAUSE.total_seconds())
                elif not await self._will_be_back(loan_id):
                    return Reply(accepted=False, reason="no workflow is running", is_running=False)
        return Reply(accepted=False, reason="no answer")

    async def ask_status(self, loan_id: str) -> dict[str, Any]:
        """Where a loan stands; asked again while the worker is down, empty without an answer."""
        status: dict[str, Any] = {}
        for _ in range(_TRIES):
            try:
                status = await self._handle(loan_id).query(STATUS, rpc_timeout=_PATIENCE)
                break
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    await asyncio.sleep(_PAUSE.total_seconds())
                elif not await self._will_be_back(loan_id):
                    break
        return status

    async def check_visitor(self, visit_code: str, badge_id: str, caller: str) -> None:
        """Ask the hotline whether a visitor is ours. Without an answer nothing is lost."""
        with suppress(WorkflowFailureError, RPCError):
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
