"""What the simulated provider was asked to do, kept where a person can read it."""

from datetime import datetime

from database.sql import SQL, Pool
from domain.messages.calls import CallParts


class SimulatedOutbox:
    """Takes each reference once, as a good provider does."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def put(
        self,
        reference: str,
        channel: str,
        number: str,
        text: str,
        now: datetime,
        parts: CallParts | None = None,
    ) -> None:
        """Keep a message; the same reference again changes nothing."""
        await SQL.simulated_send(
            self._pool,
            reference=reference,
            channel=channel,
            number=number,
            text=text,
            after_yes=None if parts is None else parts.after_yes,
            after_no=None if parts is None else parts.after_no,
            now=now,
        )

    async def find(self, reference: str) -> datetime | None:
        """When the message of a reference was sent, if it was."""
        sent_at: datetime | None = await SQL.simulated_lookup(self._pool, reference=reference)
        return sent_at
