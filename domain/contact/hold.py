"""Holds: reasons to leave a borrower in peace, for a time or until they are released."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator


class HoldReason(StrEnum):
    """Reasons by their common names. Another text is kept on record, and shown only as `other`."""

    COMPLAINT = "complaint"
    DISPUTE = "dispute"
    HARDSHIP = "hardship"
    BEREAVEMENT = "bereavement"
    INSOLVENCY = "insolvency"
    VULNERABILITY = "vulnerability"
    CALL_LATER = "call_later"  # the borrower asked for it
    DATA_MISSING = "data_missing"  # nobody knows their name, or a number of theirs
    OTHER = "other"


def public_reason(reason: str) -> HoldReason:
    """A hold's reason, fit for a history or a search attribute: a free text might name a person."""
    try:
        return HoldReason(reason)
    except ValueError:
        return HoldReason.OTHER


class Hold(BaseModel):
    """A reason to leave the borrower in peace; without `until` it lasts until released."""

    hold_id: str
    reason: Annotated[HoldReason, BeforeValidator(public_reason)]
    until: AwareDatetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        return self.until is None or now < self.until
