"""How a loan stands, as it is on record."""

from enum import StrEnum


class LoanStatus(StrEnum):
    """Only an active loan is collected."""

    ACTIVE = "active"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    IN_LEGAL = "in_legal"
