"""Where a visit stands, as it is on record."""

from enum import StrEnum


class VisitStatus(StrEnum):
    """From the application on; the last six are ends."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"  # somebody was there, whatever came of it
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # by who applied, or by the borrower
    CALLED_OFF = "called_off"
    MISSED = "missed"  # nobody came
