"""Waiting for what processes of their own bring about."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE_SECONDS = 240  # of real time, on one slow processor
POLL_SECONDS = 0.02
T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """Look again and again until something is there, and return it."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        if found := await look():
            return found
        await asyncio.sleep(POLL_SECONDS)
    raise AssertionError(f"not within {PATIENCE_SECONDS} s: {what}")
