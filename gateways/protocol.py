"""What the product asks of a provider, and how a provider may fail."""

from datetime import datetime
from typing import NamedTuple, Protocol

from domain.messages.calls import CallParts


class Outbound(NamedTuple):
    """One message or call script for one number."""

    reference: str  # ours; a provider that takes it twice sends once, or can be asked about it
    number: str
    text: str  # of a call with parts: its opening, and nothing of what may follow
    at: datetime  # business time
    parts: CallParts | None = None  # what is said by the answer to the opening's question


class Sent(NamedTuple):
    """The provider took it."""

    provider_ref: str
    sent_at: datetime


class GatewayBusyError(Exception):
    """The provider did not take it this time: try again."""


class GatewayRefusedError(Exception):
    """The provider will never take it, such as a number that does not exist."""


class CannotTellError(Exception):
    """The provider cannot be asked whether it took a reference."""


class Gateway(Protocol):
    """An SMS or a call provider.

    `takes_once`: whether a reference that it gets twice is sent once. Of one that does not, a
    message without an answer is never repeated.
    """

    takes_once: bool

    async def send(self, message: Outbound) -> Sent:
        """Hand a message over.

        Raises:
            GatewayBusyError: nothing was sent; a later try may work.
            GatewayRefusedError: nothing was sent and never will be; the text says why.
            TimeoutError: no answer came; it may have been sent.
        """
        ...

    async def find(self, reference: str) -> Sent | None:
        """What became of a reference; None when the provider never took it.

        Raises:
            CannotTellError: when the provider has no such query.
            GatewayBusyError: no answer this time.
        """
        ...
