"""The embedded stack, left running in real time: Postgres, Temporal, the worker, the scan."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from domain.clock import REAL, BusinessClock
from embedded.processes import StackError, is_free
from embedded.stack import ENV_FILE, EmbeddedStack
from embedded.temporal import TemporalPorts

__all__ = ["EmbeddedStack", "StackError", "TemporalPorts"]

HERE = Path(__file__).parent

# More than the worker's own graceful shutdown.
_WORKER_ENDS_WITHIN = timedelta(seconds=40)
_SCHEDULE_ENDS_WITHIN = timedelta(seconds=5)

# The usual ports of Temporal, its UI and its HTTP API, by the variable that asks for others.
_USUAL_PORTS = {"TEMPORAL_PORT": 7233, "TEMPORAL_UI_PORT": 8233, "TEMPORAL_HTTP_PORT": 7243}

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def local() -> None:
    """The embedded stack: Postgres and Temporal as child processes on this machine."""


@app.command()
def up(
    data_dir: Annotated[
        Path, typer.Option(help="Where data, logs and the file `env` with the addresses go.")
    ] = HERE / ".local",
) -> None:
    """Run the stack until Ctrl-C or SIGTERM; its data survives a restart."""
    try:
        code = asyncio.run(_up(data_dir))
    except StackError as error:
        _say(f"error: {error}")
        code = 1
    sys.stdout.flush()
    # The Temporal client's threads sometimes abort an interpreter that ends in the usual way.
    os._exit(code)


async def _up(data_dir: Path) -> int:
    """The exit code: 0 when asked to end, 1 when a part of the stack ended by itself."""
    stop = _stop_requested()
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
    _say(f"error: {run.result()}")
    return 1


async def _run(data_dir: Path) -> str:
    """Run everything until cancelled; returns only when something ends by itself, saying what."""
    stack = EmbeddedStack(data_dir, clock=_clock(), ports=_ports)
    async with stack:
        if (HERE / "worker.py").exists():
            await stack.start_child(
                "worker", sys.executable, HERE / "worker.py", grace=_WORKER_ENDS_WITHIN
            )
        if (HERE / "starter.py").exists():
            await _install_schedule(stack)
        with _env_file(stack):
            _announce(stack)
            return await stack.first_death()


async def _install_schedule(stack: EmbeddedStack) -> None:
    schedule = await stack.start_child(
        "schedule", sys.executable, HERE / "starter.py", "schedule", grace=_SCHEDULE_ENDS_WITHIN
    )
    if await stack.wait_for(schedule) != 0:
        raise StackError(schedule.obituary())


def _stop_requested() -> asyncio.Event:
    """Set by Ctrl-C and SIGTERM, however often they come."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, stop.set)
    return stop


def _clock() -> BusinessClock:
    try:
        return BusinessClock.parse(os.environ.get("BUSINESS_CLOCK") or REAL)
    except ValueError as error:
        raise StackError(f"BUSINESS_CLOCK is wrong: {' '.join(str(error).split())}") from None


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
        raise StackError(f"{variable} is wrong: {wanted} is not a port number")
    if not is_free(int(wanted)):
        raise StackError(f"{variable} is wrong: port {wanted} is taken")
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


if __name__ == "__main__":
    app()
