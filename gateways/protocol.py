"""What the product asks of a provider, and how a provider may fail."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, Protocol

from domain.contact.delivery import ProviderRefusal
from domain.messages.calls import CallParts

_NO_VALUES: Mapping[str, str] = MappingProxyType({})


class Outbound(NamedTuple):
    """One message or call script for one number.

    A provider of free texts takes `text`; one of registered templates takes `template`, `language`,
    `facts` and `values`, which say the same: a template is registered for each language and each
    combination of the facts on which parts of its text depend.
    """

    reference: str  # ours; a provider that takes it twice sends once, or can be asked about it
    number: str
    text: str  # of a call with parts: its opening, and nothing of what may follow
    at: datetime  # business time
    template: str = ""
    language: str = ""
    facts: tuple[str, ...] = ()  # those that are so, of those on which the template depends
    values: Mapping[str, str] = _NO_VALUES
    parts: CallParts | None = None  # what is said by the answer to the opening's question
    template_version: str = ""  # of the words that the text is made of


class Sought(NamedTuple):
    """What a provider is asked for: some know our reference, some only a number and a time."""

    reference: str
    number: str
    reserved_at: datetime  # it was handed over then or within the seconds after


class Sent(NamedTuple):
    """The provider took it."""

    provider_ref: str
    sent_at: datetime


class GatewayBusyError(Exception):
    """The provider did not take it this time, certainly: try again."""


class MayHaveBeenTakenError(Exception):
    """No answer, or one that leaves it open: the provider may have taken it, and may send it."""


class GatewayRefusedError(Exception):
    """The provider did not take it and will not: the text is its code, without number or text.

    `refusal` says what follows from that; `retry_after` when a number may be tried again.
    """

    def __init__(
        self,
        code: str,
        refusal: ProviderRefusal = ProviderRefusal.OTHER,
        retry_after: timedelta = timedelta(days=1),
    ) -> None:
        super().__init__(code)
        self.code = code
        self.refusal = refusal
        self.retry_after = retry_after


class CannotTellError(Exception):
    """The provider cannot be asked whether it took a reference."""


class Gateway(Protocol):
    """An SMS or a call provider.

    `takes_once`: whether a reference that it gets twice is sent once.
    `no_counts_after`: how long after a message was handed over `find` may not know it yet; until
    then its no proves nothing. None: it never proves anything.
    `reaches_people`: whether what it takes reaches somebody, so that nobody made up may get it.
    """

    takes_once: bool
    no_counts_after: timedelta | None
    reaches_people: bool

    async def send(self, message: Outbound) -> Sent:
        """Hand a message over.

        Raises:
            GatewayBusyError: nothing was sent; a later try may work.
            GatewayRefusedError: nothing was sent and never will be; says why, and of what class.
            MayHaveBeenTakenError: it may have been sent; TimeoutError says the same.
        """
        ...

    async def find(self, sought: Sought) -> Sent | None:
        """What became of a message; None when the provider does not know it.

        Raises:
            CannotTellError: when the provider has no such query, or keeps nothing that old.
            GatewayBusyError: no answer this time.
        """
        ...

    async def close(self) -> None:
        """Give up the connections: nothing is handed over any more."""
        ...


async def look_up(gateway: Gateway, sought: Sought, now: datetime) -> Sent | None:
    """What became of a message; None when it was certainly not sent, or may be sent again.

    Raises:
        CannotTellError: when nobody can say, now or later.
        GatewayBusyError: when nobody can say yet.
    """
    sent = await gateway.find(sought)
    if sent is not None or gateway.takes_once:
        return sent
    if gateway.no_counts_after is None:
        raise CannotTellError
    if now < sought.reserved_at + gateway.no_counts_after:
        raise GatewayBusyError("not found, and it is too early for that to prove anything")
    return None
