"""The demo's book: Chinese loans from an American tape, the same each time, and nobody in it."""

import csv
import io
from decimal import Decimal

import pytest

from demo.book import HIGHEST_RATE_PERCENT, TAPE, Fields, chinese_book, write_book
from demo.stories.habits import assign
from demo.stories.visit_stories import VISIT_STORIES
from domain.debt.status import LoanStatus
from domain.tape.row import COLUMNS, TapeRow


@pytest.fixture(scope="module")
def book() -> list[Fields]:
    return chinese_book()


def test_the_book_is_chinese(book: list[Fields]) -> None:
    """Currency, language, zone and regions; the import makes numbers up that nobody can have."""
    assert len(book) == 4000
    assert {row["currency"] for row in book} == {"CNY"}
    assert {row["language"] for row in book} == {"zh"}
    assert {row["time_zone"] for row in book} == {"Asia/Shanghai"}
    assert len({row["region"] for row in book}) > 20
    assert "phone" not in book[0]


def test_no_rate_is_above_what_courts_allow(book: list[Fields]) -> None:
    """And a loan whose rate was lowered has paid the same share of what has fallen due."""
    assert max(Decimal(row["annual_rate_percent"]) for row in book) == HIGHEST_RATE_PERCENT
    with TAPE.open(encoding="utf-8") as tape:
        for row, old in zip(book, csv.DictReader(tape), strict=True):
            paid, was_paid = (
                int(r["paid_minor"]) / int(r["installment_minor"]) for r in (row, old)
            )
            assert paid == pytest.approx(was_paid, abs=0.001)


def test_every_row_can_be_imported(book: list[Fields]) -> None:
    """It is read as any other lender's row."""
    output = io.StringIO()
    write_book(book, output)
    read = list(csv.DictReader(io.StringIO(output.getvalue())))
    assert set(COLUMNS) <= set(read[0])
    rows = [TapeRow.model_validate({k: v or None for k, v in row.items()}) for row in read]
    assert [row.status for row in rows].count(LoanStatus.ACTIVE) == 3805


def test_fewer_overdue_loans_leave_the_others(book: list[Fields]) -> None:
    """As many as were asked for, from both ends of the delay; what is paid in time stays."""
    assert len(book) - len(chinese_book(30)) == 68 - 30
    assert len(chinese_book(68)) == len(chinese_book(1000)) == len(book)


def test_a_larger_book_has_more_of_the_same(book: list[Fields]) -> None:
    """Each overdue loan several times, of other borrowers; three in a row have one habit."""
    larger = chinese_book(copies=3)
    assert len(larger) == len(book) + 2 * 68
    assert len({row["loan_id"] for row in larger}) == len(larger)
    assert len({row["borrower_id"] for row in larger}) - len(
        {row["borrower_id"] for row in book}
    ) == (2 * 68)
    days = [(f"L-{number:02}", 100) for number in range(6)]
    habits = [habit.name for habit in assign(days, copies=3).values()]
    assert habits == [VISIT_STORIES[0].name] * 3 + [VISIT_STORIES[1].name] * 3


def _instalments_paid(row: Fields) -> float:
    return int(row["paid_minor"]) / int(row["installment_minor"])
