"""What the command lines share: how a command is run, how it fails, how the process ends."""

import asyncio
import functools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import date, timedelta
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, NoReturn, ParamSpec

import typer
from pydantic import ValidationError
from temporalio.service import RPCError
from typer.core import TyperCommand

from database.door.inbox import Inbox
from database.errors import DatabaseAwayError, DatabaseUnusableError, unusable_in_words
from database.policy.stored_policies import PolicyChangedError
from database.sql import Pool, open_pool
from domain.events import which_event
from domain.mistakes import reason
from domain.tape.fields import YEARS
from policies.files import PolicyError
from runtime.env_file import adopt_env_file
from runtime.settings import Settings, SettingsError
from runtime.zone_data import use_pinned_zone_data

ROOT = Path(__file__).parents[1]
# Where a running stack of this checkout says how to reach it: `make up`, `make demo KEEP=1`.
STACK_FILES = (ROOT / ".local" / "env", ROOT / ".local" / "demo" / "env")

Given = ParamSpec("Given")
Command = Callable[..., Coroutine[Any, Any, int]]

LoanId = Annotated[str, typer.Argument(metavar="LOAN", help="The loan's id")]


class CommandError(Exception):
    """A command cannot do what was asked; the text is one line for the person who asked."""


class _Command(TyperCommand):
    """Says what is wrong with an option in our words, not in those of the library that reads it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """See base class."""
        if not all(map(_is_utf8, args)):
            raise typer.BadParameter("an argument is not UTF-8", ctx=ctx)
        try:
            rest = super().parse_args(ctx, args)
        except typer.BadParameter as error:
            if isinstance(error.__cause__, ValidationError):
                error.message = reason(error.__cause__.errors()[0])
            raise
        for name, value in ctx.params.items():
            if isinstance(value, float) and not isfinite(value):
                option = f"'--{name.replace('_', '-')}'"
                raise typer.BadParameter("must be a finite number", ctx=ctx, param_hint=option)
        return rest


def build_app(
    purpose: str, commands: Mapping[str, Command], *, near_stack: Collection[str] = ()
) -> typer.Typer:
    """A command line of commands by name: async functions that answer with an exit code.

    `near_stack`: the names of those that find the stack of this checkout by themselves, where the
    environment names no servers.
    """
    app = typer.Typer(
        help=purpose,
        callback=_has_no_options,  # so that also an only command is called by its name
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # an error is one line, not a box
    )
    for name, command in commands.items():
        app.command(name, cls=_Command)(as_typer_command(command, near_stack=name in near_stack))
    return app


def as_typer_command(
    command: Callable[Given, Coroutine[Any, Any, int]], *, near_stack: bool = False
) -> Callable[Given, None]:
    """The command as typer runs it: with the same signature, and ending by its exit code."""

    @functools.wraps(command)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        if near_stack and (file := adopt_env_file(STACK_FILES)):
            typer.echo(f"settings from {file}", err=True)
        raise typer.Exit(exit_code_of(command(*args, **kwargs)))

    return run


def exit_code_of(command: Coroutine[Any, Any, int]) -> int:
    """Run a command to its exit code: its own, or 2 with what was wrong on stderr."""
    # Whoever reads an error of ours has no use for an address in a library's manual.
    os.environ.setdefault("PYDANTIC_ERRORS_INCLUDE_URL", "0")
    use_pinned_zone_data()
    try:
        return asyncio.run(command)
    except (
        CommandError,
        DatabaseUnusableError,
        SettingsError,
        PolicyError,
        PolicyChangedError,
    ) as error:
        typer.echo(error, err=True)
        return 2
    except RPCError as error:
        typer.echo(f"TEMPORAL_ADDRESS: Temporal has not done it: {error.message}", err=True)
        return 2


def run_app(app: Callable[[], Any]) -> NoReturn:
    """Run a command line and end the process."""
    try:
        app()
    except SystemExit as end:
        end_process(end.code if isinstance(end.code, int) else 1)
    end_process(0)


def run_command(command: Coroutine[Any, Any, int]) -> NoReturn:
    """Run the one command that a script is, and end the process."""
    end_process(exit_code_of(command))


def end_process(code: int) -> NoReturn:
    """End right after the output is flushed.

    A short-lived process with a Temporal client now and then aborts when the interpreter exits.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@asynccontextmanager
async def open_database(
    settings: Settings, statement_within: timedelta | None = None
) -> AsyncIterator[Pool]:
    """Connections to the business database; a statement that takes longer is given up.

    Raises:
        DatabaseUnusableError: naming DATABASE_URL, when the database does not answer.
    """
    with unusable_in_words(OSError):
        pool = await open_pool(settings.database_url, statement_within=statement_within)
    try:
        # What becomes of a connection later is the database's, too.
        with unusable_in_words(DatabaseAwayError):
            yield pool
    except DatabaseUnusableError:
        pool.terminate()  # to say goodbye, it would have to answer
        raise
    finally:
        await pool.close()


async def require_loan(pool: Pool, loan_id: str) -> None:
    """See that a loan is on record, before it is said that something of it is not.

    Raises:
        CommandError: when there is no such loan.
    """
    if await Inbox(pool).lender_of(loan_id) is None:
        raise CommandError(f"LOAN {loan_id}: there is no such loan")


def stop_requested() -> asyncio.Event:
    """Set by Ctrl-C and SIGTERM, however often they come."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, stop.set)
    return stop


def day_of(option: str, text: str) -> date:
    """The day that an option names. Raises CommandError where it is none that is meant."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option} {text}: must be a day such as 2026-08-01") from None
    if day.year not in YEARS:
        raise CommandError(f"{option}: must lie in the years {YEARS[0]} to {YEARS[-1]}")
    return day


def print_json(answer: Mapping[str, Any]) -> None:
    """Print an answer as JSON that a person can read, too."""
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))


def no_event(name: str) -> str:
    """That no event has this name, and which one may be meant, else which there are."""
    return f"no event is called {name}; {which_event(name)}"


def counted(number: int, what: str) -> str:
    """A number of things: `1 row`, `2 rows`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _is_utf8(argument: str) -> bool:
    try:
        argument.encode()
    except UnicodeEncodeError:  # Python keeps bytes that are none as halves of characters
        return False
    return True


def _has_no_options() -> None:
    pass
