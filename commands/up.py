"""`local.py up`: Postgres, Temporal, the worker and the schedule, left running in real time."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from commands.command_line import CommandError, stop_requested
from domain.clock import REAL, BusinessClock
from embedded.processes import StackError, is_free
from embedded.stack import ENV_FILE, EmbeddedStack
from embedded.temporal import TemporalPorts
from runtime.settings import read_clock

ROOT = Path(__file__).parents[1]

# More than the worker's own graceful shutdown.
_WORKER_ENDS_WITHIN = timedelta(seconds=40)
_SCHEDULE_ENDS_WITHIN = timedelta(seconds=5)

# The usual ports of Temporal, its UI and its HTTP API, by the variable that asks for others.
_USUAL_PORTS = {"TEMPORAL_PORT": 7233, "TEMPORAL_UI_PORT": 8233, "TEMPORAL_HTTP_PORT": 7243}


async def up(
    data_dir: Annotated[
        Path, typer.Option(help="Where data, logs and the file `env` with the addresses go.")
    ] = ROOT / ".local",
) -> int:
    """Run the stack until Ctrl-C or SIGTERM; its data survives a restart.

    Ends with 1 when a part of the stack ended by itself, with 2 when it cannot start.
    """
    stop = stop_requested()
    run = asyncio.create_task(_run(data_dir))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({run, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not run.done():
        _say("ending: worker, Temporal, Postgres")
        run.cancel()
        await asyncio.wait({run})
    if run.cancelled():
        _say("ended")
        return 0
    try:
        obituary = run.result()
    except StackError as error:
        raise CommandError(str(error)) from error
    typer.echo(obituary, err=True)
    return 1


async def _run(data_dir: Path) -> str:
    """Run everything until cancelled; returns only when something ends by itself, saying what."""
    stack = EmbeddedStack(data_dir, clock=_clock(), ports=_ports)
    async with stack:
        await stack.start_child(
            "worker", sys.executable, ROOT / "worker.py", grace=_WORKER_ENDS_WITHIN
        )
        await _install_schedule(stack)
        with _env_file(stack):
            _announce(stack)
            return await stack.first_death()


async def _install_schedule(stack: EmbeddedStack) -> None:
    schedule = await stack.start_child(
        "schedule", sys.executable, ROOT / "starter.py", "schedule", grace=_SCHEDULE_ENDS_WITHIN
    )
    if await stack.wait_for(schedule) != 0:
        raise CommandError(schedule.obituary())


def _clock() -> BusinessClock:
    try:
        return read_clock(os.environ.get("BUSINESS_CLOCK") or REAL)
    except ValueError as error:
        raise CommandError(f"BUSINESS_CLOCK is wrong: {error}") from error


def _ports() -> TemporalPorts:
    return TemporalPorts(*(_port(variable, usual) for variable, usual in _USUAL_PORTS.items()))


def _port(variable: str, usual: int) -> int | None:
    """The port that was asked for, else the usual one, else None: any free one."""
    wanted = os.environ.get(variable)
    if not wanted:
        if is_free(usual):
            return usual
        _say(f"port {usual} is taken, so a free one is used; {variable} chooses another")
        return None
    if not wanted.isdecimal() or not 0 < int(wanted) < 2**16:
        raise CommandError(f"{variable} is wrong: {wanted} is not a port number")
    if not is_free(int(wanted)):
        raise CommandError(f"{variable} is wrong: port {wanted} is taken")
    return int(wanted)


@contextmanager
def _env_file(stack: EmbeddedStack) -> Iterator[None]:
    """The addresses as KEY=value lines in `env`, there exactly while everything runs."""
    path = stack.data_dir / ENV_FILE
    draft = path.with_suffix(".new")
    draft.write_text("".join(f"{key}={value}\n" for key, value in stack.environment.items()))
    # In one step: who waits for the file never reads half of it.
    draft.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _announce(stack: EmbeddedStack) -> None:
    environment = stack.environment
    _say("the stack is running; Ctrl-C ends it")
    _say(f"  Temporal UI   {environment['TEMPORAL_UI']}")
    _say(f"  Temporal      {environment['TEMPORAL_ADDRESS']}")
    _say(f"  DATABASE_URL  {environment['DATABASE_URL']}")
    _say(f"  these and more in {stack.data_dir / 'env'}, logs beside it")


def _say(line: str) -> None:
    typer.echo(line)
    # A pipe would hold the lines back until the end.
    sys.stdout.flush()
