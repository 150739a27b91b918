"""What is kept of a borrower; what a tape leaves out is made up, and looks it."""

import hashlib
import re
from typing import NamedTuple

from domain.contact.facts import Relation
from domain.tape.row import TapeRow

_LAST_DIGITS = re.compile(r"[0-9]{1,8}$")


class BorrowerProfile(NamedTuple):
    """One borrower with one phone, one address, and perhaps a contact person."""

    borrower_id: str
    full_name: str
    language: str
    time_zone: str
    phone: str
    address: str
    region: str
    contact_person_phone: str | None = None

    @property
    def phone_id(self) -> str:
        return f"{self.borrower_id}-p1"

    @property
    def phones(self) -> list[tuple[str, str, Relation]]:
        """Each number by its id, and whose it is."""
        own = [(self.phone_id, self.phone, Relation.SELF)]
        if self.contact_person_phone is None:
            return own
        contact_person = (f"{self.borrower_id}-c1", self.contact_person_phone)
        return [*own, (*contact_person, Relation.CONTACT_PERSON)]

    @property
    def address_id(self) -> str:
        return f"{self.borrower_id}-a1"


def profile_of(row: TapeRow, *, time_zone: str, language: str) -> BorrowerProfile:
    """The borrower of a row; `time_zone` and `language` fill in when the row has none."""
    spoken = row.language or language
    number = made_up_number(row.borrower_id)
    region = row.region or ""
    return BorrowerProfile(
        borrower_id=row.borrower_id,
        full_name=row.borrower_name or _name(number, spoken),
        language=spoken,
        time_zone=row.time_zone or time_zone,
        phone=row.phone or _phone(number, spoken),
        address=row.address or _address(region, spoken),
        region=region,
        contact_person_phone=row.contact_person_phone,
    )


def differing_fields(row: TapeRow, kept: BorrowerProfile) -> list[str]:
    """The tape's columns that say something else of the borrower than what is kept.

    Columns that the tape leaves out say nothing.
    """
    said = {
        "borrower_name": (row.borrower_name, kept.full_name),
        "phone": (row.phone, kept.phone),
        "contact_person_phone": (row.contact_person_phone, kept.contact_person_phone),
        "address": (row.address, kept.address),
        "region": (row.region, kept.region),
        "time_zone": (row.time_zone, kept.time_zone),
        "language": (row.language, kept.language),
    }
    return [name for name, (new, old) in said.items() if new is not None and new != old]


def made_up_number(borrower_id: str) -> int:
    """Up to eight digits, always the same for a borrower: those of the id, or its hash."""
    if digits := _LAST_DIGITS.search(borrower_id):
        return int(digits.group())
    return int.from_bytes(hashlib.sha256(borrower_id.encode()).digest()[:8]) % 10**8


def _name(number: int, language: str) -> str:
    return f"借款人 {number:05}" if language == "zh" else f"Borrower {number:05}"


def _phone(number: int, language: str) -> str:
    """A number that nobody can own: no area or mobile code begins with 000."""
    country = "+86" if language == "zh" else "+1"
    return f"{country} 000 {number // 10_000:04} {number % 10_000:04}"


def _address(region: str, language: str) -> str:
    line = "示例路 1 号" if language == "zh" else "1 Sample Road"
    return f"{line}, {region}" if region else line
