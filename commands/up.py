"""`local.py up`: Postgres, Temporal, the worker, the schedule and the front door, left running."""

import asyncio
import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from commands.command_line import STACK_FILES, CommandError, stop_requested
from domain.clock import BusinessClock
from embedded.processes import LOOPBACK, StackError, free_ports, is_free
from embedded.stack import ENV_FILE, EmbeddedStack
from embedded.temporal import TemporalPorts
from runtime.clock_setting import ClockWish, in_words, read_clock, read_clock_wish
from runtime.env_file import env_file

ROOT = Path(__file__).parents[1]
DOOR_KEY_FILE = "door_key"
USUAL_DOOR_PORT = 8480
CLOCK_FILE = "clock"  # beside the data: what was worked on one clock makes no sense on another

# More than the worker's own graceful shutdown.
_WORKER_ENDS_WITHIN = timedelta(seconds=40)
_DOOR_ENDS_WITHIN = timedelta(seconds=20)
_SCHEDULE_ENDS_WITHIN = timedelta(seconds=5)

# The usual ports of Temporal, its UI and its HTTP API, by the variable that asks for others.
_USUAL_PORTS = {"TEMPORAL_PORT": 7233, "TEMPORAL_UI_PORT": 8233, "TEMPORAL_HTTP_PORT": 7243}


async def up(
    data_dir: Annotated[
        Path, typer.Option(help="Where data, logs and the file `env` with the addresses go.")
    ] = ROOT / ".local",
) -> int:
    """Run the stack until Ctrl-C or SIGTERM; its data survives a restart.

    BUSINESS_CLOCK=60x makes time pass 60 times as fast, BUSINESS_CLOCK=day=1.25s a day in so long.

    Ends with 1 when a part of the stack ended by itself, with 2 when it cannot start.
    """
    stop = stop_requested()
    run = asyncio.create_task(_run(data_dir))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({run, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not run.done():
        _say("ending: door, worker, Temporal, Postgres")
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
    wish, kept = _clock_wish(), _kept_clock(data_dir)
    if wish is not None and kept is not None and not wish.fits(kept):
        raise CommandError(
            f"BUSINESS_CLOCK is wrong: the data in {data_dir} was kept with another clock, "
            f"{in_words(kept)}; go on with that one (leave BUSINESS_CLOCK unset), or begin "
            "elsewhere with --data-dir, or anew, once that directory is removed"
        )
    _say("starting Postgres and Temporal; this takes some seconds")
    stack = EmbeddedStack(data_dir, clock=kept or _begun(wish), ports=_ports)
    async with stack:
        # Here, for what the servers take to start is no time of the business.
        stack.clock = kept or _begun(wish)
        (stack.data_dir / CLOCK_FILE).write_text(f"{stack.clock}\n")
        stack.settings = {"DOOR_KEY": _door_key(stack.data_dir), "DOOR_HOST": LOOPBACK}
        await stack.start_child(
            "worker", sys.executable, ROOT / "worker.py", grace=_WORKER_ENDS_WITHIN
        )
        await _install_schedule(stack)
        await stack.start_listening(
            "door", sys.executable, ROOT / "server.py",
            grace=_DOOR_ENDS_WITHIN, port=_door_port, variable="DOOR_PORT",
        )  # fmt: skip
        with env_file(stack.data_dir / ENV_FILE, stack.environment):
            _announce(stack)
            return await stack.first_death()


async def _install_schedule(stack: EmbeddedStack) -> None:
    schedule = await stack.start_child(
        "schedule", sys.executable, ROOT / "starter.py", "schedule", grace=_SCHEDULE_ENDS_WITHIN
    )
    if await stack.wait_for(schedule) != 0:
        raise CommandError(schedule.obituary())


def _door_key(data_dir: Path) -> str:
    """The key of this directory's installation: made once, and kept."""
    file = data_dir / DOOR_KEY_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32))
    return os.environ.get("DOOR_KEY") or file.read_text().strip()


def _door_port() -> int:
    return _port("DOOR_PORT", USUAL_DOOR_PORT) or free_ports(1)[0]


def _clock_wish() -> ClockWish | None:
    """The clock that was asked for; None when nobody asked."""
    wanted = os.environ.get("BUSINESS_CLOCK")
    try:
        return read_clock_wish(wanted) if wanted else None
    except ValueError as error:
        raise CommandError(f"BUSINESS_CLOCK is wrong: {error}") from error


def _kept_clock(data_dir: Path) -> BusinessClock | None:
    """The clock on which the data in a directory has been worked so far."""
    file = data_dir / CLOCK_FILE
    try:
        return read_clock(file.read_text()) if file.exists() else None
    except ValueError as error:
        raise CommandError(f"{file}: {error}") from error


def _begun(wish: ClockWish | None) -> BusinessClock:
    now = datetime.now(UTC)
    return wish.begun(now, now) if wish else BusinessClock()


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


def _announce(stack: EmbeddedStack) -> None:
    environment = stack.environment
    _say("the stack is running; Ctrl-C ends it")
    _say(f"  Temporal UI   {environment['TEMPORAL_UI']}")
    _say(f"  Temporal      {environment['TEMPORAL_ADDRESS']}")
    _say(f"  front door    http://{environment['DOOR_HOST']}:{environment['DOOR_PORT']}")
    _say(f"  DATABASE_URL  {environment['DATABASE_URL']}")
    _say(f"  clock         {in_words(stack.clock)}")
    _say(f"  these and more in {stack.data_dir / ENV_FILE}, logs beside it")
    if stack.data_dir / ENV_FILE in STACK_FILES:
        _say("  ops.py and starter.py in another terminal find them there by themselves")


def _say(line: str) -> None:
    typer.echo(line)
    # A pipe would hold the lines back until the end.
    sys.stdout.flush()
