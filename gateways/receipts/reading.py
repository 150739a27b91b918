"""What readers of receipts share: the request as it came, and how one says that it is no good."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from pydantic import ValidationError

from domain.contact.delivery import Receipt

_LOG = logging.getLogger(__name__)


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


def read_json(body: bytes) -> Any:
    """What a request says, as JSON.

    Raises:
        UnreadableReceiptError: when it is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableReceiptError("no JSON") from None


def read_each(provider: str, told: Sequence[Any], read: Callable[[Any], Receipt]) -> list[Receipt]:
    """Each receipt of a request that can be read: one that cannot costs no other.

    Raises:
        UnreadableReceiptError: when there are some, and none of them can be read.
    """
    receipts, mistakes = [], []
    for each in told:
        try:
            receipts.append(read(each))
        except Exception as error:  # what a provider may send has no end
            mistakes.append(_without_values(error))
    if mistakes:
        _LOG.warning(
            "%d of %d receipts of %s cannot be read and are left out, the first for: %s",
            *(len(mistakes), len(told), provider, mistakes[0]),
        )
    if mistakes and not receipts:
        raise UnreadableReceiptError("no receipt that can be read")
    return receipts


def _without_values(error: Exception) -> str:
    """What was wrong; the values may be somebody's number or name."""
    if not isinstance(error, ValidationError):
        return type(error).__name__
    fields = (str(each["loc"][0]) for each in error.errors() if each["loc"])
    return ", ".join(dict.fromkeys(fields)) or "no receipt"


def aware(moment: str) -> datetime:
    """A time as ISO 8601; without an offset it is UTC.

    Raises:
        ValueError: when it is none.
    """
    parsed = datetime.fromisoformat(moment)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
