"""Gateways that are closed: our account is in arrears, or a template is not to be sent."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from database.sql import SQL, Connection, Pool
from domain.contact.delivery import ProviderRefusal
from domain.policy.contact import Channel

PROBE_EVERY = timedelta(minutes=5)  # one contact tries whether the account is in order again


class Closure(BaseModel):
    """Why nothing is handed over, of a channel or of one template of it."""

    closure_id: int
    refusal: ProviderRefusal
    code: str
    template: str | None = None  # None: all of them
    probe_at: AwareDatetime | None = None  # None: a person opens it

    def __str__(self) -> str:
        return f"the gateway is closed: {self.refusal}: {self.code}"


class ClosedGateway(Closure):
    """The same, as people are told of it."""

    channel: Channel
    closed_at: AwareDatetime


_CLOSURES = TypeAdapter(list[Closure])


def closure_of(closures: str | None, template: str) -> Closure | None:
    """Of a channel's closures, as JSON, the one that keeps a template back; a lasting one first."""
    each = _CLOSURES.validate_json(closures or "[]")
    own = (closure for closure in each if closure.template in (None, template))
    return min(own, key=lambda closure: closure.probe_at is not None, default=None)


async def take_probe(connection: Connection, closure: Closure, now: datetime) -> bool:
    """Whether one contact may try a closed gateway now; the next one may a while later."""
    if closure.probe_at is None or now < closure.probe_at:
        return False
    taken = await SQL.take_probe(
        connection, closure_id=closure.closure_id, now=now, next_probe_at=now + PROBE_EVERY
    )
    return taken is not None


class ClosedGateways:
    """Closes and opens gateways, and tells which are closed."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def close(
        self,
        channel: Channel,
        template: str | None,
        refusal: ProviderRefusal,
        code: str,
        now: datetime,
    ) -> bool:
        """Close a channel, or one template of it. True when it was open until now.

        A channel is tried again by one contact now and then; a template is opened by a person.
        """
        is_new: bool = await SQL.close_gateway(
            self._pool,
            channel=channel,
            template=template,
            refusal=refusal,
            code=code,
            now=now,
            probe_at=now + PROBE_EVERY if template is None else None,
        )
        return is_new

    async def end(self, closure_id: int, now: datetime) -> None:
        """The provider has taken a message again."""
        await SQL.open_closure(self._pool, closure_id=closure_id, now=now)

    async def open(
        self, channel: Channel, template: str | None, now: datetime
    ) -> list[ClosedGateway]:
        """Open a channel with all its templates, or one template of it; answers what was closed."""
        rows = SQL.open_gateway(self._pool, channel=channel, template=template, now=now)
        return [ClosedGateway(**row) async for row in rows]

    async def all(self) -> list[ClosedGateway]:
        """What is closed now, the longest first."""
        return [ClosedGateway(**row) async for row in SQL.closed_gateways(self._pool)]
