"""How the telephone reaches a loan's workflow: plain signals, and the hotline's own workflow."""

import asyncio
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple

from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from database.sql import Pool
from temporal.names import TASK_QUEUE, VISITOR_CHECK, workflow_id

_PATIENCE = timedelta(seconds=20)  # of real time, for a worker that may be down
_PAUSE = timedelta(seconds=2)
_TRIES = 4
_LATELY = timedelta(seconds=60)  # of real time: from before Temporal lost it until it is back
_IS_OPEN = """
    SELECT EXISTS (SELECT FROM collection_cases
                   WHERE loan_id = $1 AND started_at IS NOT NULL AND closed_at IS NULL)
"""


class _Sent(NamedTuple):
    at: datetime  # real time
    loan_id: str
    event: str
    body: object


class Signals:
    """Sends signals; nobody answers what became of them."""

    def __init__(self, client: Client, pool: Pool) -> None:
        self._client = client
        self._pool = pool
        self._numbers = count(1)
        self._sent: deque[_Sent] = deque(maxlen=1000)

    async def send(self, loan_id: str, event: str, body: object) -> bool:
        """Send anything at all; again while the run of an open case is lost.

        False when no workflow runs for the loan.
        """
        self._sent.append(_Sent(datetime.now(UTC), loan_id, event, body))
        handle = self._client.get_workflow_handle(workflow_id(loan_id))
        for _ in range(_TRIES):
            try:
                await handle.signal(event, body)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                if not await self._pool.fetchval(_IS_OPEN, loan_id):
                    return False
                await asyncio.sleep(_PAUSE.total_seconds())
            else:
                return True
        return False

    async def send_lately_again(self) -> None:
        """What was sent a moment before Temporal lost its data: the same ids, each counts once."""
        lately = datetime.now(UTC) - _LATELY
        for letter in [letter for letter in self._sent if letter.at >= lately]:
            await self.send(letter.loan_id, letter.event, letter.body)

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
