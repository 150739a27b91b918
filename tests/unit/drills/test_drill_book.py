"""The drill's book: so many overdue loans, and borrowers who have two."""

from datetime import date

import pytest

from demo.book import overdue_since
from demo.stories.acts import Habit
from demo.stories.early_stories import EARLY_STORIES
from demo.stories.person import Person
from drills.book import (
    AS_OF,
    FIRST_OF_TWO,
    IN_TIME,
    SECOND_LOAN,
    SECOND_OF_TWO,
    copies_for,
    drill_book,
    with_second_loans,
)


@pytest.mark.parametrize(("loans", "copies"), [(1, 1), (68, 1), (69, 2), (204, 3)])
def test_there_are_enough_of_each_loan(loans: int, copies: int) -> None:
    """As many copies of the demo's as it takes."""
    assert copies_for(loans) == copies


@pytest.mark.parametrize("loans", [20, 204])
def test_so_many_loans_are_overdue(loans: int) -> None:
    """Beside them the second loans, each of somebody who is behind with their first."""
    book = drill_book(loans)
    overdue = {row["loan_id"]: row for row in book if overdue_since(row) is not None}
    second = {loan_id for loan_id in overdue if loan_id.endswith(SECOND_LOAN)}
    assert len(overdue) - len(second) == loans
    assert len(book) - len(overdue) == IN_TIME
    assert len(second) >= loans // 10
    for loan_id in second:
        first = overdue[loan_id.removesuffix(SECOND_LOAN)]
        assert first["borrower_id"] == overdue[loan_id]["borrower_id"]
        assert first["loan_id"] != loan_id
        assert (AS_OF - (overdue_since(first) or date.max)).days < 58


def test_who_has_two_loans_does_something_else() -> None:
    """With both of them; the others do as they did."""
    people = [_person("L-1", "B-1"), _person(f"L-1{SECOND_LOAN}", "B-1"), _person("L-2", "B-2")]
    habits = [person.habit for person in with_second_loans(people)]
    assert habits == [FIRST_OF_TWO, SECOND_OF_TWO, EARLY_STORIES[0]]


def _person(loan_id: str, borrower_id: str, habit: Habit = EARLY_STORIES[0]) -> Person:
    return Person(loan_id, borrower_id, f"{borrower_id}-p", "+8600001", "A-1", 0, habit)
