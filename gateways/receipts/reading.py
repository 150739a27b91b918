"""What readers of receipts share: the request as it came, and how one says that it is no good."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from domain.contact.delivery import Receipt


class ReceiptRequest(NamedTuple):
    """A request as it came in: `headers` by their names in small letters."""

    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    raw_query: str = ""  # as it was signed


class ReceiptRefusedError(Exception):
    """Not signed by the provider: nothing of it is believed."""


class UnreadableReceiptError(Exception):
    """Signed, or unsigned where no signature exists, and no receipt; the text has no values."""


class ReceiptReader(Protocol):
    """Reads one provider's receipts. `thanks` is what the provider wants to hear."""

    thanks: tuple[str, str]  # body and media type

    def read(self, request: ReceiptRequest) -> list[Receipt]:
        """Verify and parse.

        Raises:
            ReceiptRefusedError, UnreadableReceiptError: as their names say.
        """
        ...


def aware(moment: str) -> datetime:
    """A time as ISO 8601; without an offset it is UTC.

    Raises:
        ValueError: when it is none.
    """
    parsed = datetime.fromisoformat(moment)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
