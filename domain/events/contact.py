"""Calls, holds and what the borrower wishes."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, StrictInt, model_validator

from domain.events.fields import Event, EventPart, Id, Instant, TimeOfDay, storable
from domain.local_time import HoursOfDay


class CallFinished(Event):
    name = "call_finished"
    attempt_id: Id
    outcome: Literal["connected", "no_answer", "busy", "invalid_number", "refused", "wrong_person"]
    duration_s: Annotated[StrictInt, Field(ge=0, le=86_400)] = 0
    recording_id: Id | None = None
    # Whoever answered has said that they are the borrower.
    identity_confirmed: StrictBool = Field(default=False, exclude_if=lambda given: not given)

    @model_validator(mode="after")
    def _was_answered(self) -> Self:
        if self.identity_confirmed and self.outcome not in ("connected", "refused"):
            raise ValueError("identity_confirmed: nobody answered, or somebody else")
        return self


class HoldPlaced(Event):
    name = "hold_placed"
    hold_id: Id
    reason: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(storable)]
    until: Instant | None = None


class HoldReleased(Event):
    name = "hold_released"
    hold_id: Id


class AgreedHours(EventPart):
    """Hours in which the borrower agreed to be contacted, local time; for good, or until then."""

    start: TimeOfDay
    end: TimeOfDay
    until: Instant | None = None

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must come before end, within one day")
        return self

    @property
    def hours(self) -> HoursOfDay:
        return HoursOfDay(start=self.start, end=self.end)

    def is_in_force(self, now: datetime) -> bool:
        return self.until is None or now < self.until


class ContactPreferencesChanged(Event):
    """What is given replaces what was wished before; of what is not given, the wish stays."""

    name = "contact_preferences_changed"
    blocked_channels: (
        Annotated[tuple[Literal["sms", "call", "visit"], ...], Field(max_length=20)] | None
    ) = None
    blocked_phone_ids: Annotated[tuple[Id, ...], Field(max_length=20)] | None = None
    agreed_hours: Annotated[tuple[AgreedHours, ...], Field(max_length=20)] | None = None

    @model_validator(mode="after")
    def _wishes_something(self) -> Self:
        wishes = (self.blocked_channels, self.blocked_phone_ids, self.agreed_hours)
        if all(wish is None for wish in wishes):
            raise ValueError("needs blocked_channels, blocked_phone_ids or agreed_hours")
        return self
