"""What people say by themselves: of a number, in a reply, in a call that they make."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, StrictInt, model_validator

from domain.events.fields import Event, Id, Instant, Text, storable


class PhoneReported(Event):
    """Somebody has said what a number is, by whatever channel; final, as a call's outcome is."""

    name = "phone_reported"
    phone_id: Id  # of the borrower or of a contact person
    status: Literal["refused", "wrong_person", "invalid"]
    by: Text = ""  # such as hotline, letter, visit


class PhoneConfirmed(Event):
    """A number is known to be the borrower's own."""

    name = "phone_confirmed"
    phone_id: Id
    by: Literal["origination", "conversation", "app", "reply", "payment_link"]


class ReplyReceived(Event):
    """A message came back from a number. A text that may name a person is only in `replies`."""

    name = "reply_received"
    reply_id: Id
    phone_id: Id | None = None
    text: Annotated[str, Field(min_length=1, max_length=20), AfterValidator(storable)] | None = None

    @model_validator(mode="after")
    def _says_who_wrote(self) -> Self:
        if self.text is not None and self.phone_id is None:
            raise ValueError("phone_id: is missing, and text needs it")
        return self


class CallReceived(Event):
    """The borrower has called, and has spoken to somebody."""

    name = "call_received"
    call_id: Id
    phone_id: Id | None = None  # where the number they called from is known
    identity_confirmed: StrictBool = False
    duration_s: Annotated[StrictInt, Field(ge=0, le=86_400)] = 0
    recording_id: Id | None = None


class BorrowerSaid(Event):
    """The borrower wants to be called later, disputes the debt, or cannot pay."""

    name = "borrower_said"
    says: Literal["call_later", "disputes", "cannot_pay"]
    until: Instant | None = None
    by: Text = ""

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.says == "call_later" and self.until is None:
            raise ValueError("until: is missing, and call_later needs it")
        return self
