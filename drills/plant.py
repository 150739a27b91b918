"""The service as the drill runs it: every process of it may die, freeze, and come back."""

import os
import secrets
import shutil
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from database.sql import Pool
from demo.admission import admit_systems
from demo.service import GRACE, ROOT, DemoError
from drills.gateway import PROVIDER_URL
from drills.modes import MODES_FILE, Modes
from drills.worker import PLANTED_FAULT
from embedded.processes import LOOPBACK, Child, free_ports
from embedded.stack import EmbeddedStack

FINISHES_WITHIN = timedelta(seconds=35)  # more than a worker gives what it has in hand
CANNOT_WORK = 2  # how a program of ours ends that has no server to work with
WORKER, DOOR, WORLD, PROVIDER = "worker", "door", "world", "provider"
_PARTS_OF_A_BUILD = (
    *("activities", "commands", "database", "demo", "documents", "domain", "door", "drills"),
    *("embedded", "gateways", "policies", "runtime", "simulation", "temporal", "workflows"),
)


class Plant:
    """Worker, front door, providers and world, on a stack. `planted` names a planted fault."""

    def __init__(self, stack: EmbeddedStack, copies: int, planted: str | None = None) -> None:
        self.stack = stack
        self.modes = Modes(stack.data_dir / "modes")
        self.sent = stack.data_dir / "sent.jsonl"  # what the providers sent to people
        self.letters = stack.data_dir / "letters.jsonl"  # the events that were taken
        self.builds = 1
        self._copies = copies
        self._build = ROOT
        self._children: dict[str, Child] = {}
        self._meant_down: set[str] = set()
        self._door_key = secrets.token_hex(32)
        door_port, self._news_port, self._provider_port = free_ports(3)
        self._door = f"http://{LOOPBACK}:{door_port}"
        stack.settings = {
            "DOOR_KEY": self._door_key,
            "DOOR_HOST": LOOPBACK,
            "DOOR_PORT": str(door_port),
            "DECISIONS_FROM": "door",
            "NEWS_TO_PRIVATE_ADDRESSES": "true",
            PROVIDER_URL: f"http://{LOOPBACK}:{self._provider_port}",
            MODES_FILE: str(self.modes.file),
            **({PLANTED_FAULT: planted} if planted else {}),
        }

    async def once(self, name: str, script: str, *arguments: str) -> None:
        """Run a command of the service to its end."""
        if code := await self.attempt(name, script, *arguments):
            raise DemoError(f"{name} ended with code {code} (see its log)")

    async def attempt(self, name: str, script: str, *arguments: str) -> int:
        """Run a command of the service to its end, whatever that is; its exit code."""
        child = await self.stack.start_child(
            name, sys.executable, ROOT / script, *arguments, grace=GRACE
        )
        return await self.stack.wait_for(child)

    async def open(self, pool: Pool) -> None:
        """Start everything but the schedule of the scan."""
        self.sent.touch()
        self.letters.touch()
        port = str(self._provider_port)
        await self._start(PROVIDER, "-m", "drills.provider", port, str(self.sent))
        await self.start_worker()
        await self.start_door()
        admission = await admit_systems(pool, self._door_key, self._door, self._news_port)
        file = admission.write(self.stack.data_dir / "admission.json")
        told = (str(file), str(self.letters), str(self._copies))
        await self._start(WORLD, "-m", "drills.world", *told)

    async def install_schedule(self) -> None:
        """The scan finds loans and takes up what was lost, again and again."""
        await self.once("schedule", "starter.py", "schedule")

    async def start_worker(self) -> None:
        """A worker of the build that was deployed last."""
        self._meant_down.discard(WORKER)
        # The build's own code stands before that of the directory that we were started in.
        self._children[WORKER] = await self.stack.start_child(
            WORKER, "/usr/bin/env", f"PYTHONPATH={self._build}", sys.executable, "-P",
            "-m", "drills.worker", grace=GRACE,
        )  # fmt: skip

    async def start_door(self) -> None:
        """The front door, at its address."""
        self._meant_down.discard(DOOR)
        await self._start(DOOR, str(ROOT / "server.py"))

    async def kill(self, name: str) -> None:
        """Without a word, and nobody starts it again but who has killed it."""
        self._meant_down.add(name)
        await self.stack.kill_child(self._children[name])

    async def start_what_gave_up(self) -> list[str]:
        """As a deployment does: a worker or a door that began without a server ends, and begins
        again. Answers with its last words.
        """
        ended = [name for name in (WORKER, DOOR) if self._gave_up(name)]
        words = [self._children[name].obituary() for name in ended]
        for name in ended:
            self.stack.forget(self._children[name])
            await (self.start_worker if name == WORKER else self.start_door)()
        return words

    def _gave_up(self, name: str) -> bool:
        child = self._children[name]
        return name not in self._meant_down and child.has_ended and child.exit_code == CANNOT_WORK

    async def deploy_build(self) -> None:
        """Another build of the worker begins beside the old one, which then ends in order."""
        old = self._children[WORKER]
        self.builds += 1
        self._build = self.stack.data_dir / f"build-{self.builds}"
        for part in _PARTS_OF_A_BUILD:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, self._build / part, ignore=ignored)
        with (self._build / "workflows" / "__init__.py").open("a") as code:
            code.write(f"\nBUILD = {self.builds}\n")
        await self.start_worker()
        self.stack.forget(old)
        await old.stop(FINISHES_WITHIN)

    async def close(self) -> None:
        """In order: nothing is in hand any more, and nothing new begins."""
        for name in (WORLD, WORKER, DOOR):
            child = self._children[name]
            self.stack.forget(child)
            await child.stop(FINISHES_WITHIN)

    def pids(self, name: str) -> list[int]:
        """The processes of a part or of a server, by its name."""
        servers = self.stack.server_pids()
        return servers.get(name) or [self._children[name].pid]

    def tell_world_to_send_again(self) -> None:
        """What was sent a moment before Temporal lost its data."""
        send(signal.SIGUSR1, self.pids(WORLD))

    async def _start(self, name: str, *arguments: str) -> None:
        self._children[name] = await self.stack.start_child(
            name, sys.executable, *arguments, grace=GRACE
        )


def send(number: signal.Signals, pids: Iterable[int]) -> None:
    """Send a signal to those of the processes that are still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
