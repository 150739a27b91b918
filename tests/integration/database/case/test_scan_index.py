"""A page of the scan by its index: what it reads, and what it does not."""

from datetime import date
from typing import Any

from database.sql import SQL, Pool


async def test_overdue_loans_are_found_by_the_index(pool: Pool) -> None:
    """A page of thirty thousand loans reads the partial index and no more than the page."""
    await pool.execute(
        """
        INSERT INTO borrowers VALUES ('B', 'x', 'zh', 'Asia/Shanghai');
        INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor,
                           annual_rate_percent, term_months, oldest_unpaid_due_on)
        SELECT 'L-' || n, 'B', 'test-lender', 'CNY', 1, 0, 1, DATE '2026-01-01' + n % 300
        FROM generate_series(1, 30000) n;
        ANALYZE loans;
        """
    )
    statement: Any = SQL.loans_to_take_up
    plan = await pool.fetch(
        f"EXPLAIN (ANALYZE, TIMING OFF) {statement.sql}",
        date(2026, 6, 1),
        date(2026, 3, 1),
        "L-1",
        500,
    )
    text = "\n".join(row[0] for row in plan)
    assert "loans_to_scan" in text
    assert "Seq Scan on loans" not in text
    assert "rows=500" in text
    assert "Sort" not in text


async def test_page_reads_nothing_of_loans_in_collection(pool: Pool) -> None:
    """Thirty thousand of them, and three that lack a case: three entries of the index."""
    await pool.execute(
        """
        INSERT INTO borrowers VALUES ('B', 'x', 'zh', 'Asia/Shanghai');
        INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor,
                           annual_rate_percent, term_months, oldest_unpaid_due_on, in_collection)
        SELECT 'L-' || n, 'B', 'test-lender', 'CNY', 1, 0, 1, DATE '2026-01-01' + n % 100, n > 3
        FROM generate_series(1, 30000) n;
        ANALYZE loans;
        """
    )
    statement: Any = SQL.loans_to_take_up
    plan = await pool.fetch(
        f"EXPLAIN (ANALYZE, TIMING OFF) {statement.sql}", date(2026, 6, 1), date.min, "", 500
    )
    text = "\n".join(row[0] for row in plan)
    assert "(in_collection = false)" in text
    assert "Removed by Filter" not in text
    assert "rows=3" in text
