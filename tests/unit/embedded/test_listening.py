"""A child that listens has its port, whoever else wanted it."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from embedded.processes import LOOPBACK, StackError, free_ports
from embedded.stack import EmbeddedStack

LISTENS = """
import os, socket, time
server = socket.create_server(("127.0.0.1", int(os.environ["A_PORT"])))
time.sleep(60)
"""


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[EmbeddedStack]:
    """One without servers, which ends its children."""
    stack = EmbeddedStack(tmp_path)
    yield stack
    await stack.__aexit__()


async def _start(stack: EmbeddedStack, script: str, *ports: int) -> list[int]:
    """Start a child that is given these ports, one after the other; those that are left."""
    left = list(ports)
    command = (sys.executable, "-c", script)
    async with asyncio.timeout(30):
        await stack.start_listening(
            "child", *command, grace=timedelta(0), port=lambda: left.pop(0), variable="A_PORT"
        )
    return left


async def test_port_that_somebody_took_meanwhile_is_chosen_anew(stack: EmbeddedStack) -> None:
    """The child that found it taken is not the one that is left."""
    taken, free, other = free_ports(3)
    with socket.create_server((LOOPBACK, taken)):
        assert await _start(stack, LISTENS, taken, free, other) == [other]
    assert stack.settings["A_PORT"] == str(free)
    socket.create_connection((LOOPBACK, free), timeout=10).close()


async def test_child_that_ends_for_another_reason_is_told_of(stack: EmbeddedStack) -> None:
    """It would do so at any port."""
    with pytest.raises(StackError, match="child ended with code 1: no key"):
        await _start(stack, "raise SystemExit('no key')", *free_ports(2))
