"""What events are made of: strict fields, and what every event carries."""

from datetime import UTC, date, datetime
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
)

LARGEST_AMOUNT_MINOR = 10**13
# What a clock or a database can do arithmetic on, whatever the time zone.
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def only_text(value: object) -> object:
    """Pydantic also reads numbers as instants; the contract says RFC 3339 text."""
    if isinstance(value, (str, datetime, date)):
        return value
    raise ValueError("must be text")


def _within_reach(instant: datetime) -> datetime:
    if EARLIEST <= instant < LATEST:
        return instant
    raise ValueError(f"must lie between {EARLIEST.year} and {LATEST.year}")


def storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain the character NUL")
    return text


Id = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[\x21-\x7e]+$")]
Text = Annotated[str, Field(max_length=2000), AfterValidator(storable)]
Instant = Annotated[AwareDatetime, BeforeValidator(only_text), AfterValidator(_within_reach)]
Day = Annotated[date, BeforeValidator(only_text)]
AmountMinor = Annotated[StrictInt, Field(gt=0, le=LARGEST_AMOUNT_MINOR)]
AmountOrZeroMinor = Annotated[StrictInt, Field(ge=0, le=LARGEST_AMOUNT_MINOR)]


class EventPart(BaseModel):
    """Never changed; a field it does not know is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(EventPart):
    """What every event carries: the caller's own id, when it happened, who says so."""

    name: ClassVar[str]

    event_id: Id
    occurred_at: Instant
    source: Id
