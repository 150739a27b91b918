"""Waiting for what processes of their own bring about."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE_SECONDS = 60
POLL_SECONDS = 0.02
T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """Look again and again until something is there, and return it."""
    for _ in range(int(PATIENCE_SECONDS / POLL_SECONDS)):
        if found := await look():
            return found
        await asyncio.sleep(POLL_SECONDS)
    raise AssertionError(f"not within {PATIENCE_SECONDS} s: {what}")
