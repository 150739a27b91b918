"""What is kept of a borrower. Nobody is invented: what a tape leaves out is missing, unless the
operator asks for made-up people, who look it.
"""

import hashlib
import re
import unicodedata
from typing import NamedTuple

from domain.contact.facts import Relation
from domain.tape.options import ImportOptions
from domain.tape.row import TapeRow

_ONE_NUMBER = re.compile(r"[^0-9]*([0-9]{1,8})")
_FILLED_IN = ("borrower_name", "phone", "contact_person_phone", "address")  # by a later tape
_NEEDED = ("borrower_name", "phone")  # without them nobody can be written to


class Phone(NamedTuple):
    """A number in its one form, what was written, and whose it is."""

    phone_id: str
    number: str
    written: str
    relation: Relation


class BorrowerProfile(NamedTuple):
    """One borrower; the name and the address are empty and the numbers None where unknown."""

    borrower_id: str
    full_name: str
    language: str
    time_zone: str
    phone: str | None
    address: str
    region: str
    contact_person_phone: str | None = None
    is_made_up: bool = False  # at least in part
    written_phone: str | None = None
    written_contact_person_phone: str | None = None
    lenders: tuple[str, ...] = ()  # of the borrower's loans
    is_erased: bool = False  # and has not come back since

    @property
    def phones(self) -> list[Phone]:
        """Each number, and whose it is."""
        told = (
            (f"{self.borrower_id}-p1", self.phone, self.written_phone, Relation.SELF),
            (
                f"{self.borrower_id}-c1",
                self.contact_person_phone,
                self.written_contact_person_phone,
                Relation.CONTACT_PERSON,
            ),
        )
        return [
            Phone(phone_id, number, written or number, relation)
            for phone_id, number, written, relation in told
            if number is not None
        ]

    @property
    def address_id(self) -> str:
        return f"{self.borrower_id}-a1"

    @property
    def missing(self) -> list[str]:
        """The tape's columns without which the borrower cannot be written to."""
        known = {"borrower_name": self.full_name, "phone": self.phone}
        return [name for name in _NEEDED if not known[name]]


def profile_of(row: TapeRow, options: ImportOptions) -> BorrowerProfile:
    """The borrower of a row; the options fill in time zone and language where it has none."""
    profile = BorrowerProfile(
        borrower_id=row.borrower_id,
        full_name=row.borrower_name or "",
        language=row.language or options.language,
        time_zone=row.time_zone or options.zone_of(row.region) or options.time_zone,
        phone=row.phone,
        address=row.address or "",
        region=row.region or "",
        contact_person_phone=row.contact_person_phone,
        written_phone=row.written_phone,
        written_contact_person_phone=row.written_contact_person_phone,
        lenders=(row.lender,),
    )
    return _with_invented(profile) if options.invents_people else profile


def stranger(row: TapeRow, kept: BorrowerProfile) -> str | None:
    """Why the borrower of a row is not the kept one of the same id; None when they may be.

    Ids are one lender's: from another lender it takes the same name and the same number.
    """
    same_name = _same(row.borrower_name, kept.full_name)
    same_phone = _same(row.phone, kept.phone)
    if kept.lenders and row.lender not in kept.lenders:
        if same_name and same_phone:
            return None
        return "is kept of another lender's borrower, and not with the same name and number"
    if same_name is False and not same_phone:
        return "is kept of a borrower with another name, and not with the same number"
    return None


def _same(said: str | None, kept: str | None) -> bool | None:
    """Whether two texts are one; None when one of them is not known."""
    if not said or not kept:
        return None
    return _plain(said) == _plain(kept)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def completed(kept: BorrowerProfile, row: TapeRow) -> tuple[BorrowerProfile, list[str]]:
    """The kept borrower with what a later tape knows and nobody knew before; its columns.

    Only what is missing is filled in: what is kept is not overwritten.
    """
    known = _kept_columns(kept)
    columns = [name for name in _FILLED_IN if not known[name] and getattr(row, name)]
    more = kept
    if "borrower_name" in columns:
        more = more._replace(full_name=row.borrower_name or "")
    if "phone" in columns:
        more = more._replace(phone=row.phone, written_phone=row.written_phone)
    if "contact_person_phone" in columns:
        more = more._replace(
            contact_person_phone=row.contact_person_phone,
            written_contact_person_phone=row.written_contact_person_phone,
        )
    if "address" in columns:
        more = more._replace(address=row.address or "", region=row.region or "")
    return more, columns


def differing_fields(row: TapeRow, kept: BorrowerProfile) -> list[str]:
    """The tape's columns that say something else of the borrower than what is kept.

    Columns that the tape leaves out say nothing; a region is kept with an address only; and of who
    was erased nothing is kept.
    """
    columns = {} if kept.is_erased else _kept_columns(kept)
    if not kept.address:
        columns.pop("region", None)
    return [
        name
        for name, old in columns.items()
        if (new := getattr(row, name)) is not None and new != (old or "")
    ]


def _kept_columns(kept: BorrowerProfile) -> dict[str, str | None]:
    """What is kept, by the columns of a tape."""
    return {
        "borrower_name": kept.full_name,
        "phone": kept.phone,
        "contact_person_phone": kept.contact_person_phone,
        "address": kept.address,
        "region": kept.region,
        "time_zone": kept.time_zone,
        "language": kept.language,
    }


def made_up_number(borrower_id: str) -> int:
    """Up to eight digits, always the same for a borrower: the one number in the id, or its hash.

    The last of several is no borrower's own: two with the ids B-17-1 and B-18-1 would share it.
    """
    if found := _ONE_NUMBER.fullmatch(borrower_id):
        return int(found.group(1))
    return int.from_bytes(hashlib.sha256(borrower_id.encode()).digest()[:8]) % 10**8


def _with_invented(profile: BorrowerProfile) -> BorrowerProfile:
    """The profile with a name, a number and an address that are nobody's where it has none."""
    if profile.full_name and profile.phone and profile.address:
        return profile
    number = made_up_number(profile.borrower_id)
    return profile._replace(
        full_name=profile.full_name or _name(number, profile.language),
        phone=profile.phone or _phone(number, profile.language),
        address=profile.address or _address(profile.region, profile.language),
        is_made_up=True,
    )


def _name(number: int, language: str) -> str:
    return f"借款人 {number:05}" if language == "zh" else f"Borrower {number:05}"


def _phone(number: int, language: str) -> str:
    """A number that nobody can own: no area or mobile code begins with 000."""
    country = "+86" if language == "zh" else "+1"
    return f"{country}000{number:08}"


def _address(region: str, language: str) -> str:
    line = "示例路 1 号" if language == "zh" else "1 Sample Road"
    return f"{line}, {region}" if region else line
