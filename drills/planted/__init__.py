"""Mistakes that nobody has made: each is patched into one worker, and turns the drill red."""

from collections.abc import Callable

PLANTED: dict[str, Callable[[], None]] = {}
