"""Database errors without the rows they are about: a row may hold a person's data."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg


class DatabaseFailedError(Exception):
    """A statement failed; the text names the kind of error and the constraint, no values."""


@contextmanager
def rows_kept_out_of_errors() -> Iterator[None]:
    """Let a failed statement say what kind of error it was, and nothing that stands in a row.

    Postgres quotes the failing row in its message; from an activity the message would go into the
    workflow's history and the log.
    """
    try:
        yield
    except asyncpg.PostgresError as error:
        constraint = getattr(error, "constraint_name", None)
        kind = type(error).__name__
        text = f"{kind} ({constraint})" if constraint else kind
        raise DatabaseFailedError(text) from None
