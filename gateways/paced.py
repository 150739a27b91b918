"""A gateway that is asked no faster than its provider wants: so many messages a second."""

import asyncio
from datetime import timedelta

from gateways.protocol import Gateway, GatewayBusyError, Outbound, Sent, Sought

LONGEST_WAIT_SECONDS = 2.0  # well within the time that a try keeps for the provider


class PacedGateway:
    """Spaces messages evenly, of this process; what would wait for long comes again later."""

    def __init__(self, gateway: Gateway, per_second: float) -> None:
        self.takes_once = gateway.takes_once
        self.no_counts_after: timedelta | None = gateway.no_counts_after
        self.reaches_people = gateway.reaches_people
        self._gateway = gateway
        self._seconds = 1 / per_second
        self._next = 0.0  # by the loop's clock

    async def send(self, message: Outbound) -> Sent:
        """Wait for its turn, and hand it over.

        Raises:
            GatewayBusyError: its turn is too far away; nothing was handed over.
        """
        now = asyncio.get_running_loop().time()
        turn = max(self._next, now)
        if turn - now > LONGEST_WAIT_SECONDS:
            raise GatewayBusyError("as fast as the provider wants it")
        self._next = turn + self._seconds
        await asyncio.sleep(turn - now)
        return await self._gateway.send(message)

    async def find(self, sought: Sought) -> Sent | None:
        """As the gateway itself."""
        return await self._gateway.find(sought)

    async def close(self) -> None:
        """As the gateway itself."""
        await self._gateway.close()
