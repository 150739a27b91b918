"""What a provider says of a message: why it will not take it, and what became of it afterwards."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel


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


class Receipt(BaseModel):
    """What a provider reported of one message, without anything of the person in it.

    Either `reference` (ours) or `provider_ref` says which message it is.
    """

    provider: str
    delivery: Delivery
    at: AwareDatetime  # by the provider's clock
    reference: str = ""
    provider_ref: str = ""
    code: str = ""  # the provider's own word
    refusal: ProviderRefusal | None = None  # of the number, or by the person
    call_outcome: CallOutcome | None = None
    duration_s: int | None = None
    pressed: str = ""  # the keys a person pressed in a call
