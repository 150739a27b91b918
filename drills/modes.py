"""Which faults of providers and senders hold now: a file that chaos writes and the world reads."""

import os
from collections.abc import Collection
from enum import StrEnum, auto
from pathlib import Path

MODES_FILE = "DRILL_MODES"  # the environment variable that names it


class Mode(StrEnum):
    """How the world around the service misbehaves."""

    BUSY = auto()
    REFUSES = auto()
    LOSES_ANSWERS = auto()  # taken, and a server error is answered; neither can it be asked
    DROPS = auto()  # taken, and the line is gone before the answer
    LAGS = auto()  # asked for what it took lately, it does not know it yet
    HANGS = auto()  # taken, and the answer does not come
    CANNOT_TELL = auto()  # there is no query
    STAMMERS = auto()  # senders repeat themselves, and what was before comes after


class Modes:
    """The file; nobody reads half of what is written."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @classmethod
    def of_environment(cls) -> "Modes":
        """Where the drill has said that they are."""
        return cls(Path(os.environ[MODES_FILE]))

    def set(self, modes: Collection[Mode]) -> None:
        """From now on these, and no others."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text("\n".join(sorted(modes)), encoding="utf-8")
        fresh.replace(self.file)

    def now(self) -> frozenset[Mode]:
        """Those that hold."""
        if not self.file.exists():
            return frozenset()
        return frozenset(Mode(line) for line in self.file.read_text("utf-8").split())
