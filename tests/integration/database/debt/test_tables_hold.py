"""What is owed follows the tables that it is reckoned from, whoever writes them and however."""

from datetime import date, timedelta

import asyncpg
import pytest

from database.sql import Pool
from tests.support.world import INSTALMENT, Loan, insert_loan

ONE, OTHER = Loan(), Loan(loan_id="L-2")
TODAY = ONE.first_due_on + timedelta(days=40)  # two instalments are overdue
PAID_AT = ONE.at_days_past_due(20)
CHARGE = "INSERT INTO loan_charges VALUES ('X', 'L-1', 'G', 'penalty', 700, '2026-01-09', now())"


@pytest.fixture
async def loans(pool: Pool) -> Pool:
    """Two loans of one borrower; one and a half instalments of the first are paid."""
    for loan in (ONE, OTHER):
        await insert_loan(pool, loan)
    for number, amount in enumerate((INSTALMENT, INSTALMENT // 2)):
        await pool.execute(
            "INSERT INTO payments VALUES ($1, 'L-1', $2, 'payment', $3, $3, NULL, 'ledger')",
            f"P-{number}",
            amount,
            PAID_AT,
        )
    return pool


async def _owed(pool: Pool, loan_id: str = "L-1") -> tuple[int, date | None]:
    row = await pool.fetchrow("SELECT * FROM loan_debt($1::text, $2)", loan_id, TODAY)
    assert row is not None
    return row["arrears_minor"], row["oldest_unpaid_due_on"]


async def _revision(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT revision FROM borrowers"))


@pytest.mark.parametrize(
    ("statement", "arrears_minor"),
    [
        ("DELETE FROM payments WHERE payment_id = 'P-1'", INSTALMENT),
        ("DELETE FROM payments", 2 * INSTALMENT),
        ("UPDATE payments SET loan_id = 'L-2' WHERE payment_id = 'P-0'", INSTALMENT * 3 // 2),
        ("UPDATE payments SET amount_minor = 1 WHERE payment_id = 'P-1'", INSTALMENT - 1),
        ("DELETE FROM loan_instalments WHERE loan_id = 'L-1'", 0),
        ("DELETE FROM loan_instalments WHERE loan_id = 'L-1' AND number > 1", 0),
        ("DELETE FROM loan_instalments WHERE loan_id = 'L-1' AND number = 2", 0),
        (
            (
                "UPDATE loan_instalments SET loan_id = 'L-2', number = number + 20"
                " WHERE loan_id = 'L-1'"
            ),
            0,
        ),
        ("UPDATE loans SET arrears_tolerance_minor = 50000", 0),
        (CHARGE, INSTALMENT // 2 + 700),
        ("DELETE FROM loan_charges", INSTALMENT // 2),
        ("UPDATE loan_charges SET amount_minor = 5", INSTALMENT // 2 + 5),
        ("UPDATE loan_charges SET loan_id = 'L-2'", INSTALMENT // 2),
    ],
)
async def test_change_is_reckoned_with(loans: Pool, statement: str, arrears_minor: int) -> None:
    """On the loan that it leaves, and a contact that is about to be reserved is asked anew."""
    assert (await _owed(loans))[0] == INSTALMENT // 2
    if "loan_charges SET" in statement or "FROM loan_charges" in statement:
        await loans.execute(CHARGE)
    before = await _revision(loans)
    await loans.execute(statement)
    assert (await _owed(loans))[0] == arrears_minor
    assert statement == CHARGE or await _revision(loans) > before


async def test_payment_that_is_moved_counts_where_it_is(loans: Pool) -> None:
    """And there as one that has come in now."""
    await loans.execute("UPDATE payments SET loan_id = 'L-2' WHERE payment_id = 'P-0'")
    assert (await _owed(loans, "L-2"))[0] == INSTALMENT
    numbers = await loans.fetch("SELECT payment_id FROM payments ORDER BY sequence")
    assert [row["payment_id"] for row in numbers] == ["P-1", "P-0"]


async def test_order_of_payments_is_nobody_elses(loans: Pool) -> None:
    """Whatever others write into the column."""
    before = await loans.fetch("SELECT payment_id, sequence FROM payments ORDER BY payment_id")
    await loans.execute("UPDATE payments SET sequence = 0")
    await loans.execute(
        "INSERT INTO payments VALUES ('P-9', 'L-1', 1, 'payment', $1, $1, NULL, 'x', -5)", PAID_AT
    )
    after = await loans.fetch("SELECT payment_id, sequence FROM payments ORDER BY payment_id")
    assert after[:2] == before
    assert after[2]["sequence"] > before[1]["sequence"]


async def test_settled_loan_is_active_when_its_payment_is_taken_away(loans: Pool) -> None:
    """The scan has to see it."""
    await loans.execute("UPDATE payments SET amount_minor = 12 * 100000 WHERE payment_id = 'P-0'")
    await loans.execute("UPDATE loans SET status = 'settled' WHERE loan_id = 'L-1'")
    await loans.execute("DELETE FROM payments WHERE payment_id = 'P-0'")
    assert await loans.fetchval("SELECT status FROM loans WHERE loan_id = 'L-1'") == "active"


@pytest.mark.parametrize("table", ["payments", "loan_instalments", "loan_charges"])
async def test_table_is_not_truncated(loans: Pool, table: str) -> None:
    """The message says what would happen, and its hint what to do instead."""
    with pytest.raises(asyncpg.RestrictViolationError, match=f"TRUNCATE of {table}") as refused:
        await loans.execute(f"TRUNCATE {table}")
    assert "DELETE the rows instead" in str(refused.value.hint)


async def test_change_of_zone_is_seen(loans: Pool) -> None:
    """Whoever asked the rules under the old one asks them again."""
    before = await _revision(loans)
    await loans.execute("UPDATE borrowers SET time_zone = 'Asia/Urumqi'")
    assert await _revision(loans) > before
