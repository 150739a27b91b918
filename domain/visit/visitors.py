"""Whether a visitor at the door is ours: what the borrower may hear, and nothing else."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from domain.events import Id
from domain.mistakes import describe_mistakes

_TELEPHONE = re.compile(r"[\d+()./-]{7,}")


class VisitorAnswer(StrEnum):
    """All that is ever said: no name, no address, no time."""

    EXPECTED_NOW = "expected_now"
    # A borrower who reads of a visit asks beforehand whether the message is real: a no would
    # frighten them. It is said to whoever names both the code and a badge of that very visit.
    EXPECTED_LATER = "expected_later"
    CALLED_OFF = "called_off"
    NOT_OURS = "not_ours"


class Booking(BaseModel):
    """A collector's booking for a visit, past ones too."""

    visit_id: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    is_announced: bool  # the borrower was told
    is_confirmed: bool  # and agreed
    is_called_off: bool
    is_inside: bool = False  # the crew has checked in, and not reported yet
    is_over: bool = False  # it has reported, or the visit has ended: nobody is expected any more
    is_dismissed: bool = False  # the collector works for the lender no more


def _no_telephone(caller: str) -> str:
    if _TELEPHONE.fullmatch(caller):
        raise ValueError("must be the asking system's own id of the caller, no telephone number")
    return caller


class VisitorQuestion(BaseModel):
    """What the borrower reads out, and who asks: an id, neither a number nor a name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    visit_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    badge_id: Id
    caller: Annotated[Id, AfterValidator(_no_telephone)]


class UnreadableQuestionError(ValueError):
    """A question that does not fit; the text says which fields and why, and repeats no value."""


def read_question(body: object) -> VisitorQuestion:
    """A question in a JSON value of any shape.

    Raises:
        UnreadableQuestionError: naming every wrong field and the reason.
    """
    if not isinstance(body, dict):
        raise UnreadableQuestionError("the question must be one JSON object")
    try:
        return VisitorQuestion.model_validate(body)
    except ValidationError as error:
        raise UnreadableQuestionError(describe_mistakes(error.errors())) from error


def judge_visitor(
    bookings: Sequence[Booking], tolerance: timedelta, now: datetime
) -> tuple[VisitorAnswer, str | None]:
    """The answer from the bookings that match code and badge, and the visit it is about."""
    ours = [booking for booking in bookings if not (booking.is_dismissed or booking.is_over)]
    coming = [b for b in ours if now < b.ends_at and not b.is_inside]
    due = [booking for booking in coming if booking.starts_at - tolerance <= now]
    kinds = (
        (VisitorAnswer.EXPECTED_NOW, [b for b in ours if b.is_inside]),
        (VisitorAnswer.EXPECTED_NOW, [b for b in due if b.is_confirmed and not b.is_called_off]),
        (VisitorAnswer.CALLED_OFF, [b for b in due if b.is_called_off]),
        (
            VisitorAnswer.EXPECTED_LATER,
            [b for b in coming if b not in due and b.is_announced and not b.is_called_off],
        ),
        (VisitorAnswer.CALLED_OFF, [b for b in coming if b.is_called_off]),
    )
    for answer, matching in kinds:
        if matching:
            return answer, matching[0].visit_id
    return VisitorAnswer.NOT_OURS, None


def blocked_until(
    asked: Sequence[datetime], limit: int, window: timedelta, now: datetime
) -> datetime | None:
    """When a limit lets the next question through; None when it does so now.

    `asked`: the moments that were answered, the latest first.
    """
    if len(asked) < limit or asked[limit - 1] + window <= now:
        return None
    return asked[limit - 1] + window
