"""The components of a debt sum to what SQL says is owed."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from database.sql import Pool
from domain.debt.statement import DebtTerms, draw_statement
from tests.support.world import Loan

LOAN = Loan()

Book = tuple[list[tuple[int, int, int]], list[tuple[int, int]], list[tuple[int, int]], int]
BOOKS = st.tuples(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 900), st.integers(0, 100)), min_size=1),
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 1000)), max_size=6),
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 90)), max_size=2),
    st.integers(0, 300),
)


async def _put_in(connection: Any, loan_id: str, book: Book) -> None:
    dues, payments, charges, _ = book
    await connection.execute(
        "INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor,"
        " annual_rate_percent, term_months) VALUES ($1, 'B', 'x', 'CNY', 1, 0, 1)",
        loan_id,
    )
    day = LOAN.first_due_on
    for number, (days, amount, share) in enumerate(dues, start=1):
        day += timedelta(days=days)
        await connection.execute(
            "INSERT INTO loan_instalments VALUES ($1, $2, $3, $3, $4, $5)",
            *(loan_id, number, day, amount, amount * share // 100),
        )
    for number, (days, amount) in enumerate(payments):
        await connection.execute(
            "INSERT INTO payments VALUES ($1, $2, $3, 'payment', $4, $4, NULL, 'x')",
            *(f"{loan_id}-{number}", loan_id, amount, LOAN.at_days_past_due(days)),
        )
    for number, (days, amount) in enumerate(charges):
        await connection.execute(
            "INSERT INTO loan_charges VALUES ($1, $2, 'G', 'penalty', $3, $4, $5)",
            *(f"{loan_id}-{number}", loan_id, amount, LOAN.first_due_on + timedelta(days=days)),
            LOAN.at_days_past_due(days),
        )


def _oldest_unpaid(book: Book) -> date | None:
    """The first day up to which more fell due than was ever paid."""
    dues, payments, charges, _ = book
    owed = list(charges)
    after = 0
    for days, amount, _ in dues:
        after += days
        owed.append((after, amount))
    left = sum(amount for _, amount in payments)
    for days, amount in sorted(owed):
        left -= amount
        if left < 0:
            return LOAN.first_due_on + timedelta(days=days)
    return None


async def test_components_sum_to_what_sql_says_is_owed(pool: Pool) -> None:
    """Overdue and outstanding, over hundreds of schedules with payments and charges."""
    books: list[Book] = []

    @settings(max_examples=200, database=None)
    @given(BOOKS)
    def collect(book: Book) -> None:
        books.append(book)

    collect()
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO borrowers VALUES ('B', 'x', 'zh', 'UTC')")
        for number, book in enumerate(books):
            await _put_in(connection, f"L-{number}", book)
            today: date = LOAN.first_due_on + timedelta(days=book[3])
            row = await connection.fetchrow(
                "SELECT d.*, debt_terms($1, 'UTC', 'none', $2)::text AS terms"
                " FROM loan_debt($1, $2) d",
                f"L-{number}",
                today,
            )
            assert row is not None
            statement = draw_statement(DebtTerms.model_validate_json(row["terms"]), today)
            assert statement.overdue.total_minor == row["arrears_minor"]
            assert statement.outstanding.total_minor == row["outstanding_minor"]
            assert row["oldest_unpaid_due_on"] == _oldest_unpaid(book)
