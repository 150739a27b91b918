"""For the front door, a database that cannot be used now is away, whatever the driver calls it."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from database.errors import DatabaseAwayError, rows_kept_out_of_errors


@contextmanager
def away_in_words() -> Iterator[None]:
    """Name a database that does not answer as that, and quote no row of one that does.

    Raises:
        DatabaseAwayError: when it does not answer in time, or not at all.
        DatabaseFailedError: when a statement failed.
    """
    try:
        with rows_kept_out_of_errors():
            yield
    except DatabaseAwayError:
        raise
    except (asyncpg.InterfaceError, OSError) as error:  # a TimeoutError is an OSError
        raise DatabaseAwayError(error) from None
