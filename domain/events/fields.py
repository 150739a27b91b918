"""What events are made of: strict fields, and what every event carries."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.fields import FieldInfo

from domain.local_time import LocalTime

LARGEST_AMOUNT_MINOR = 10**13
# What a clock or a database can do arithmetic on, whatever the time zone.
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

# The context in which an event that comes in is read. What is on record is read without it: an
# earlier release has taken it by other rules, and it says what it said then.
CONTRACT = "the contract of today"

_DAY = r"\d{4}-\d{2}-\d{2}"
_RFC_3339 = re.compile(_DAY + r"[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII)
_YYYY_MM_DD = re.compile(_DAY, re.ASCII)
_HH_MM = re.compile(r"\d{2}:\d{2}(:\d{2})?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII)


def only_text(value: object) -> object:
    """Pydantic also reads numbers as instants; the contract says RFC 3339 text."""
    if isinstance(value, (str, datetime, date)):
        return value
    raise ValueError("must be text")


def _written_as(form: re.Pattern[str], wanted: str) -> BeforeValidator:
    """Pydantic also reads digits as seconds since 1970: the contract knows one form a field.

    Whether a zone must be there, the type behind it says.
    """

    def require_form(value: object, info: ValidationInfo) -> object:
        is_other = isinstance(value, str) and not form.fullmatch(value)
        if is_other and info.context == CONTRACT:
            raise ValueError(wanted)
        return value

    return BeforeValidator(require_form)


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
Instant = Annotated[
    AwareDatetime,
    _written_as(_RFC_3339, "must be a time by RFC 3339, such as 2026-11-24T10:00:00+08:00"),
    BeforeValidator(only_text),
    AfterValidator(_within_reach),
]
Day = Annotated[
    date,
    _written_as(_YYYY_MM_DD, "must be a day, such as 2026-11-24"),
    BeforeValidator(only_text),
]
TimeOfDay = Annotated[LocalTime, _written_as(_HH_MM, "must be a time of day, such as 18:00")]
AmountMinor = Annotated[StrictInt, Field(gt=0, le=LARGEST_AMOUNT_MINOR)]
AmountOrZeroMinor = Annotated[StrictInt, Field(ge=0, le=LARGEST_AMOUNT_MINOR)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


def _required_from_now_on(value: Any, info: ValidationInfo) -> Any:
    if value is None and info.context == CONTRACT:
        raise ValueError("is missing")
    return value


_REQUIRED = AfterValidator(_required_from_now_on)
# What an answer answers. Events of earlier releases may lack it.
AnsweredId = Annotated[Id | None, _REQUIRED, Field(validate_default=True)]
# When something was said that earlier releases did not ask for.
SaidAt = Annotated[Instant | None, _REQUIRED, Field(validate_default=True)]


def _ignored_on_record(value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    try:
        return read(value)
    except ValidationError:
        if info.context == CONTRACT:
            raise
        return None


# What a sender may say beside what is asked: where it is given, it has to be right.
SAID_BESIDE = WrapValidator(_ignored_on_record)


def is_needed(field: FieldInfo) -> bool:
    """Whether an event that comes in must have the field."""
    return field.is_required() or _REQUIRED in field.metadata


class EventPart(BaseModel):
    """Never changed; a field it does not know is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(EventPart):
    """What every event carries: the caller's own id, when it happened, who says so."""

    name: ClassVar[str]

    event_id: Id
    occurred_at: Instant
    source: Id
    # Not kept: the record knows both. An event that names others belongs to another loan.
    loan_id: Annotated[Id | None, SAID_BESIDE, Field(exclude=True)] = None
    currency: Annotated[Currency | None, SAID_BESIDE, Field(exclude=True)] = None
