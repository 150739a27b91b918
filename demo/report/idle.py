"""How busy the machine was: a demo that runs out of processor is late for everything."""

from pathlib import Path

_STAT = Path("/proc/stat")


class IdleTime:
    """The share of processor time in which there was nothing to do, since it was created."""

    def __init__(self) -> None:
        self._idle, self._all = _ticks()

    def share(self) -> float:
        """0 to 1; 0 where the system does not say."""
        idle, everything = _ticks()
        return (idle - self._idle) / max(everything - self._all, 1)


def _ticks() -> tuple[int, int]:
    if not _STAT.exists():
        return 0, 0
    ticks = [int(word) for word in _STAT.read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)
