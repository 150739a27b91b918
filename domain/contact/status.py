"""How an attempt to contact and a telephone number stand, as they are on record."""

from enum import StrEnum


class AttemptStatus(StrEnum):
    """Whether a contact was made."""

    RESERVED = "reserved"  # and not known to be sent
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"  # the provider was asked and cannot say; counted, and never sent again


class PhoneStatus(StrEnum):
    """Whether a number may be used."""

    USABLE = "usable"
    INVALID = "invalid"
    WRONG_PERSON = "wrong_person"
    REFUSED = "refused"  # by a contact person
