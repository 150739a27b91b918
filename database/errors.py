"""Database errors in our own words: who cannot use it reads why, and no row is quoted."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

# What a client sees of a server that has gone, is starting or ending, or cut the connection.
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)


class DatabaseAwayError(ConnectionError):
    """The business database does not answer; the text says so in one line, with the reason."""

    def __init__(self, error: Exception) -> None:
        self.reason = _one_line(error)
        super().__init__(f"the business database does not answer: {self.reason}")


def _one_line(error: Exception) -> str:
    if isinstance(error, DatabaseAwayError):
        return error.reason
    if isinstance(error, TimeoutError):
        return "it says nothing"
    return " ".join(str(error).split()) or type(error).__name__


# What a database says of which migrations are missing.
_BEHIND = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
)


class DatabaseFailedError(Exception):
    """A statement failed; the text names the kind of error and the constraint, no values."""

    def __init__(self, error: asyncpg.PostgresError) -> None:
        self.is_behind = isinstance(error, _BEHIND)
        constraint = getattr(error, "constraint_name", None)
        kind = type(error).__name__
        super().__init__(f"{kind} ({constraint})" if constraint else kind)


@contextmanager
def rows_kept_out_of_errors() -> Iterator[None]:
    """Let a failed statement say what kind of error it was, and nothing that stands in a row.

    Postgres quotes the failing row in its message; from an activity the message would go into the
    workflow's history and the log. A database that is away is named as that: DatabaseAwayError.
    """
    try:
        yield
    except _GONE as error:
        raise DatabaseAwayError(error) from None
    except asyncpg.PostgresError as error:
        raise DatabaseFailedError(error) from None


class DatabaseUnusableError(Exception):
    """The database cannot be reached, refuses, or is not up to date; the text is one clear line."""


@contextmanager
def unusable_in_words(*others: type[Exception]) -> Iterator[None]:
    """Let whoever runs a command read in one line why the database cannot be used.

    `others`: errors that are the database's here, such as OSError while a connection is made.

    Raises:
        DatabaseUnusableError: naming DATABASE_URL.
    """
    failed = (asyncpg.PostgresError, asyncpg.InterfaceError, DatabaseFailedError)
    unusable = failed + others
    try:
        yield
    except TimeoutError as error:
        raise DatabaseUnusableError(
            "DATABASE_URL: the database is there and does not answer in time"
        ) from error
    except unusable as error:
        raise DatabaseUnusableError(f"DATABASE_URL: {_why_unusable(error)}") from error


def _why_unusable(error: Exception) -> str:
    failed_behind = isinstance(error, DatabaseFailedError) and error.is_behind
    if failed_behind or isinstance(error, _BEHIND):
        return f"{error}: bring the database up to date with `python ops.py migrate`"
    return f"the database cannot be used: {_one_line(error)}"
