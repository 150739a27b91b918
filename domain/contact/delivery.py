"""What a provider says of a message: why it will not take it, and what became of it afterwards."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator


class ProviderRefusal(StrEnum):
    """Why a provider takes a message for certain not; each has its own consequence."""

    NUMBER_TODAY = "number_today"  # this number has had enough for now: later
    NUMBER_FOR_GOOD = "number_for_good"  # there is no such number: the next one
    SAID_NO = "said_no"  # the person told the provider: their number is left in peace
    CONTENT = "content"  # what is said, or how: the template is stopped
    ACCOUNT = "account"  # ours is in arrears, disabled or used up: the gateway is closed
    OTHER = "other"  # this one message


class Delivery(StrEnum):
    """How far a message has come, by its receipts. It never goes back: the later word here wins."""

    ACCEPTED = "accepted"  # by the provider
    UNDERWAY = "underway"  # with the network, or ringing
    UNDELIVERED = "undelivered"  # for good
    DELIVERED = "delivered"  # on the handset, or answered


CallOutcome = Literal["connected", "no_answer", "busy", "invalid_number"]


# What the database can keep, all at once, under one unique index.
_NO_NUL = r"^[^\x00]*$"
_Word = Annotated[str, Field(max_length=200, pattern=_NO_NUL)]
_ShortWord = Annotated[str, Field(max_length=64, pattern=_NO_NUL)]


class Receipt(BaseModel):
    """What a provider reported of one message, without anything of the person in it.

    Either `reference` (ours) or `provider_ref` says which message it is.
    """

    provider: str
    delivery: Delivery
    # By the provider's clock.
    at: AwareDatetime = Field(
        ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)
    )
    reference: _ShortWord = ""
    provider_ref: _Word = ""
    code: _Word = ""  # the provider's own word
    refusal: ProviderRefusal | None = None  # of the number, or by the person
    call_outcome: CallOutcome | None = None
    duration_s: int | None = Field(default=None, ge=0, lt=2**31)
    pressed: _ShortWord = ""  # the keys a person pressed in a call

    @model_validator(mode="after")
    def _retires_a_number_that_is_none(self) -> Self:
        """As `call_finished` of that outcome does; only the person's own no weighs more."""
        if self.call_outcome == "invalid_number" and self.refusal is not ProviderRefusal.SAID_NO:
            self.refusal = ProviderRefusal.NUMBER_FOR_GOOD
        return self
