"""The demo's book: Chinese loans, made up from the figures of a public American tape.

    python -m demo.book > book.csv     the whole book, for `starter.py import --invent-people`

Deterministic: the same tape makes the same book. Nobody is in it: a borrower is a number, without a
telephone; the import makes one up that nobody can own (`--invent-people`).
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TextIO

from domain.debt.status import LoanStatus
from domain.tape.row import TapeRow

TAPE = Path(__file__).parent / "data" / "loan_tape_2018.csv"

LENDER = "demo-consumer-finance"
# What courts let a licensed lender ask for in a year, interest and every charge together.
HIGHEST_RATE_PERCENT = Decimal(24)
_MONTHS = 12

_PROVINCES = (
    *("北京市", "上海市", "天津市", "重庆市", "广东省", "江苏省", "浙江省", "山东省", "河南省"),
    *("四川省", "湖北省", "湖南省", "福建省", "安徽省", "河北省", "陕西省", "江西省", "辽宁省"),
    *("云南省", "广西", "贵州省", "山西省", "黑龙江省", "吉林省", "甘肃省", "内蒙古", "海南省"),
)

Fields = dict[str, str]


_NEAR = timedelta(days=90)  # overdue: nobody is visited yet


def chinese_book(loans: int | None = None, copies: int = 1) -> list[Fields]:
    """The rows of the book, each a loan; of the overdue ones only so many, from far to near.

    With `copies` there are so many of each overdue loan, each of a borrower of its own.
    """
    with TAPE.open(encoding="utf-8", newline="") as tape:
        rows = list(csv.DictReader(tape))
    region = _provinces(row["region"] for row in rows)
    book = [_chinese(row, region[row["region"]]) for row in rows]
    book += [_copied(row, n) for row in book if overdue_since(row) for n in range(1, copies)]
    return book if loans is None else list(_with_fewer_overdue(book, loans))


def write_book(book: list[Fields], output: TextIO) -> None:
    """The book as a tape with a header."""
    writer = csv.DictWriter(output, fieldnames=list(book[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(book)


def _chinese(row: Fields, province: str) -> Fields:
    """The same loan in yuan, a dollar for a yuan, of a borrower who is made up."""
    number = row["borrower_id"].removeprefix("B-")
    return {
        "phone_confirmed_on": _checked_on(row, int(number)),
        **row,
        **_lawful_rate(row),
        "loan_id": f"L-{row['loan_id'].removeprefix('LC-')}",
        "lender": LENDER,
        "currency": "CNY",
        "region": province,
        "borrower_name": f"借款人 {number}",
        "address": f"示例路 1 号, {province}",
        "time_zone": "Asia/Shanghai",
        "language": "zh",
    }


def _copied(row: Fields, number: int) -> Fields:
    """The same loan of somebody else."""
    return row | {name: f"{row[name]}-{number}" for name in ("loan_id", "borrower_id")}


def _checked_on(row: Fields, number: int) -> str:
    """When the lender checked the number: a month before the first instalment; of some, never."""
    since = overdue_since(row)
    is_near = since is None or since > date.fromisoformat(row["as_of"]) - _NEAR
    if is_near and number % 4 == 0:
        return ""
    return str(date.fromisoformat(row["first_due_on"]) - timedelta(days=30))


def _lawful_rate(row: Fields) -> Fields:
    """A rate above the highest becomes it; instalment and payments shrink in proportion."""
    if Decimal(row["annual_rate_percent"]) <= HIGHEST_RATE_PERCENT:
        return {}
    old = int(row["installment_minor"])
    new = _annuity(int(row["principal_minor"]), HIGHEST_RATE_PERCENT, int(row["term_months"]))
    return {
        "annual_rate_percent": str(HIGHEST_RATE_PERCENT),
        "installment_minor": str(new),
        "paid_minor": str(int(row["paid_minor"]) * new // old),
    }


def _annuity(principal_minor: int, annual_rate_percent: Decimal, months: int) -> int:
    """The equal instalment that pays a loan back."""
    monthly = annual_rate_percent / 100 / _MONTHS
    instalment = principal_minor * monthly / (1 - (1 + monthly) ** -months)
    return int(instalment.quantize(Decimal(1), ROUND_HALF_UP))


def _provinces(states: Iterable[str]) -> dict[str, str]:
    """A province for each state, in the order of the alphabet and round again."""
    in_order = sorted(set(states))
    return {state: _PROVINCES[n % len(_PROVINCES)] for n, state in enumerate(in_order)}


def _with_fewer_overdue(book: list[Fields], loans: int) -> Iterator[Fields]:
    """The book with so many overdue loans, evenly chosen from the farthest behind to the last."""
    overdue = sorted((since, row["loan_id"]) for row in book if (since := overdue_since(row)))
    count = min(loans, len(overdue))
    chosen = {overdue[n * len(overdue) // count][1] for n in range(count)}
    left_out = {loan_id for _, loan_id in overdue} - chosen
    return (row for row in book if row["loan_id"] not in left_out)


def overdue_since(row: Fields) -> date | None:
    """The due date of the oldest instalment that is not paid on the tape's day, if there is one."""
    loan = TapeRow.model_validate({name: value or None for name, value in row.items()})
    if loan.status is not LoanStatus.ACTIVE:
        return None
    covered = loan.paid_minor + loan.tolerance_minor
    dates = loan.due_dates(timedelta(0))
    unpaid = covered // loan.installment_minor
    return dates[unpaid] if unpaid < len(dates) and dates[unpaid] < loan.as_of else None


if __name__ == "__main__":
    write_book(chinese_book(), sys.stdout)
