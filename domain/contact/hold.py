"""Holds: reasons to leave a borrower in peace, for a time or until they are released."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel

# Reasons by their common names. Another text is kept on record, and shown nowhere else as itself.
HOLD_REASONS = frozenset(
    {"complaint", "dispute", "hardship", "bereavement", "insolvency", "vulnerability"}
)


def public_reason(reason: str) -> str:
    """A hold's reason, fit for a history or a search attribute: a free text might name a person."""
    return reason if reason in HOLD_REASONS else "other"


class Hold(BaseModel):
    """A reason to leave the borrower in peace; without `until` it lasts until released."""

    hold_id: str
    reason: Annotated[str, AfterValidator(public_reason)]
    until: AwareDatetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        return self.until is None or now < self.until
