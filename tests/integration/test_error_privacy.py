"""What Postgres quotes of a row stays out of errors."""

import asyncpg
import pytest

from database.door.away import away_in_words
from database.errors import (
    DatabaseAwayError,
    DatabaseFailedError,
    DatabaseUnusableError,
    rows_kept_out_of_errors,
    unusable_in_words,
)
from database.sql import Pool, open_pool


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


async def test_a_database_that_is_away_is_named_as_that() -> None:
    """With the reason, and in the words of this service: the text is read in Temporal's UI."""
    with pytest.raises(DatabaseAwayError, match=r"^the business database does not answer: "):
        await open_pool("postgresql://me@127.0.0.1:1/x")


async def test_a_connection_that_is_cut_is_a_database_that_is_away(pool: Pool) -> None:
    """Also in the middle of a statement."""
    with pytest.raises(DatabaseAwayError), rows_kept_out_of_errors():
        await pool.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT FROM nothing_yet", "up to date with `python ops.py migrate`"),
        ("SELECT not_yet FROM loans", "up to date with `python ops.py migrate`"),
        ("SELECT 1 / 0", "the database cannot be used: DivisionByZeroError"),
    ],
)
async def test_failed_statement_of_the_doors_is_told_as_any(
    pool: Pool, query: str, said: str
) -> None:
    """A command that reads the door's tables ends as the others do."""
    with pytest.raises(DatabaseUnusableError, match=said), unusable_in_words(), away_in_words():
        await pool.execute(query)
