"""What is printed while the images are tested: each step by name, with its time and what it saw."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

POLL_SECONDS = 0.5


class RedError(Exception):
    """A step did not come out as it must; the text says what was seen instead."""


class Transcript:
    """The steps so far; `red` is the name of the one that failed."""

    def __init__(self) -> None:
        self.red = ""

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[str], None]]:
        """Say a step's beginning and end; inside, the given function adds a line of what was seen.

        Raises:
            RedError: as it was raised inside, after it was told.
        """
        _say(f"-- {name}")
        began = time.monotonic()
        try:
            yield lambda line: _say(f"     {line}")
        except RedError as error:
            self.red = name
            _say(f"RED  {name}: {error}")
            raise
        _say(f"ok   {name} ({time.monotonic() - began:.1f} s)")


def until(look: Callable[[], bool], what: str, seconds: float) -> None:
    """Look again and again until it is so.

    Raises:
        RedError: when it is not so in time.
    """
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            raise RedError(f"not within {seconds:g} s: {what}")
        time.sleep(POLL_SECONDS)


def _say(line: str) -> None:
    print(line)
    # A pipe would hold the lines back until the end.
    sys.stdout.flush()
