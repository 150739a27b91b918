"""What a lender's word for the state of a loan means: a table, and nothing for other words.

The words are those of public loan books and platforms, and of Chinese ones. Blanks, signs and
capitals make no difference. A word that is not in the table means nothing here.
"""

import csv
import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files

from domain.contact.hold import HoldReason
from domain.debt.status import LoanStatus

_RANGE = re.compile(r"[(（].*[)）]$")  # `Late (31-120 days)`
_OLD_BOOK = "does not meet the credit policy. status:"  # loans of an earlier rule of the lender
_DAYS_LATE = re.compile(
    r"(late|overdue|pastdue|delinquent|逾期|已逾期)?\d+(to|至)?(\d+)?\+?"
    r"(days?|dpd|天|日)(late|overdue|pastdue|delinquent|逾期)?|m[1-9]\d?\+?|dpd\d+"
)

_STATUSES = {status.value: status for status in LoanStatus}
_HOLDS = {reason.value: reason for reason in HoldReason}


class Meaning(StrEnum):
    """What a word says of a loan."""

    CURRENT = "current"
    LATE = "late"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    IN_LEGAL = "in_legal"
    BEREAVEMENT = "bereavement"
    INSOLVENCY = "insolvency"
    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    HARDSHIP = "hardship"
    VULNERABILITY = "vulnerability"

    @property
    def status(self) -> LoanStatus:
        """The loan's status: closed, or active (and perhaps on hold)."""
        return _STATUSES.get(self.value, LoanStatus.ACTIVE)

    @property
    def hold(self) -> HoldReason | None:
        """Why the borrower is left in peace, if they are."""
        return _HOLDS.get(self.value)


def meaning_of(word: str) -> Meaning | None:
    """What a word means; None for one that the table does not have."""
    plain = unicodedata.normalize("NFKC", word).strip().casefold().removeprefix(_OLD_BOOK)
    key = _key(plain)
    if (meaning := _TABLE.get(key)) is None and (shorter := _RANGE.sub("", plain)) != plain:
        meaning = _TABLE.get(_key(shorter))
    if meaning is None and _DAYS_LATE.fullmatch(key):
        return Meaning.LATE
    return meaning


def _key(word: str) -> str:
    return "".join(letter for letter in word if letter.isalnum() or letter == "+")


def _read_table() -> Mapping[str, Meaning]:
    with files("domain.tape").joinpath("status_words.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {_key(row["word"].casefold()): Meaning(row["meaning"]) for row in rows}


_TABLE = _read_table()
