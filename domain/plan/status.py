"""How an agreement stands, as it is on record."""

from enum import StrEnum


class AgreementStatus(StrEnum):
    """One that is offered or signed is alive; the others are ends."""

    OFFERED = "offered"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    BROKEN = "broken"
    COMPLETED = "completed"
    SUPERSEDED = "superseded"  # by another that was signed in its place
