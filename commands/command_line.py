"""What the command-line tools share: clear errors in one line, and a clean exit."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import asyncpg

from database.policy.stored_policies import PolicyChangedError
from database.sql import Pool, open_pool
from policies.reader import PolicyError
from runtime.settings import Settings, SettingsError


class CommandError(Exception):
    """A command cannot do what was asked; the text is one line for the person who asked."""


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Pool]:
    """Connections to the business database.

    Raises:
        CommandError: naming DATABASE_URL, when the database does not answer.
    """
    try:
        pool = await open_pool(settings.database_url)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CommandError(f"DATABASE_URL: the database does not answer: {error}") from error
    try:
        yield pool
    except asyncpg.UndefinedTableError as error:
        raise CommandError(
            f"DATABASE_URL: {error}: bring the database up to date with `python ops.py migrate`"
        ) from error
    finally:
        await pool.close()


def run_command(command: Coroutine[Any, Any, int]) -> NoReturn:
    """Run a command to its exit code: its own, or 2 with one line for what was wrong.

    A short-lived process with a Temporal client now and then aborts when the interpreter exits,
    so the process ends right after its output is flushed.
    """
    try:
        code = asyncio.run(command)
    except (SettingsError, PolicyError, PolicyChangedError, CommandError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        code = 2
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
