"""What Postgres quotes of a row stays out of errors."""

import asyncpg
import pytest

from database.errors import DatabaseFailedError, rows_kept_out_of_errors
from database.sql import Pool


async def test_a_failing_row_is_not_quoted(pool: Pool) -> None:
    """Postgres quotes the whole row of a violated check; the error that goes on does not."""
    with pytest.raises(DatabaseFailedError) as caught, rows_kept_out_of_errors():
        await pool.execute("INSERT INTO phones VALUES ('P-1', 'B-1', 'a number', 1, 'xx')")
    assert str(caught.value) == "CheckViolationError (phones_status_check)"
    assert caught.value.__cause__ is None


async def test_other_errors_pass(pool: Pool) -> None:
    """Only Postgres quotes rows."""
    with pytest.raises(asyncpg.InterfaceError), rows_kept_out_of_errors():
        await pool.fetchval("SELECT $1::integer")
