"""The drill's book: the demo's, with several of each overdue loan, and borrowers with two loans.

What counts for a borrower over all their loans can only go wrong where somebody has two.
"""

from collections.abc import Sequence
from dataclasses import replace

from demo.book import Fields, chinese_book, overdue_since
from demo.run import FIRST_DAY
from demo.stories.acts import Act, Habit, Move, pay
from demo.stories.habits import FAR_BEHIND
from demo.stories.person import Person
from domain.case.facts import Outcome

DEMO_LOANS = 68
SECOND_LOAN = "-second"  # how the id of a borrower's second loan ends
IN_TIME = 150  # loans that nobody collects: their payments are work, and nothing fails in them
ONE_IN = 5  # of those who are not far behind
AS_OF = FIRST_DAY.date()
# No message of theirs is answered: whoever has two loans is asked nothing that says which one.
FIRST_OF_TWO = Habit("two loans, pays late", Outcome.CURED, moves=(pay(46),))
SECOND_OF_TWO = Habit(
    "two loans, the other one disputed for a while",
    Outcome.CURED,
    moves=(Move(9, Act.HOLD, days=8, text="dispute"), pay(47)),
)


def copies_for(loans: int) -> int:
    """How many there must be of each of the demo's loans."""
    return -(-loans // DEMO_LOANS)


def drill_book(loans: int) -> list[Fields]:
    """So many overdue loans, and the second loans of some of their borrowers beside them."""
    whole = chinese_book(copies=copies_for(loans))
    overdue = sorted(
        (since, row["loan_id"]) for row in whole if (since := overdue_since(row)) is not None
    )
    chosen = [overdue[n * len(overdue) // loans] for n in range(loans)]
    left_out = {loan_id for _, loan_id in overdue} - {loan_id for _, loan_id in chosen}
    near = [loan_id for since, loan_id in chosen if (AS_OF - since).days < FAR_BEHIND]
    have_second = set(near[::ONE_IN])
    owing = {loan_id for _, loan_id in overdue}
    others = [row["loan_id"] for row in whole if row["loan_id"] not in owing]
    left_out |= set(others[IN_TIME:])
    book = [row for row in whole if row["loan_id"] not in left_out]
    return book + [
        row | {"loan_id": row["loan_id"] + SECOND_LOAN}
        for row in book
        if row["loan_id"] in have_second
    ]


def with_second_loans(people: Sequence[Person]) -> list[Person]:
    """The habits of those who have two loans, in place of what they would have done with one."""
    has_two = {
        person.loan_id.removesuffix(SECOND_LOAN)
        for person in people
        if person.loan_id.endswith(SECOND_LOAN)
    }
    return [_of_two(person) if _first_of(person) in has_two else person for person in people]


def _first_of(person: Person) -> str:
    return person.loan_id.removesuffix(SECOND_LOAN)


def _of_two(person: Person) -> Person:
    is_second = person.loan_id.endswith(SECOND_LOAN)
    return replace(person, habit=SECOND_OF_TWO if is_second else FIRST_OF_TWO)
