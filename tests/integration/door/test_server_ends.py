"""The process of the front door: a signal ends it by its own way, what was in hand put away."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx2

from embedded.postgres import EmbeddedPostgres
from embedded.processes import LOOPBACK, free_ports
from tests.support.databases import fresh_database
from tests.support.door.system import DOOR_KEY

WITHIN_SECONDS = 60


async def test_signal_ends_the_door_with_0(postgres: EmbeddedPostgres, repository: Path) -> None:
    """And not by the signal: then nothing after the last request would have run."""
    port, nobody = free_ports(2)
    async with fresh_database(postgres) as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "TEMPORAL_ADDRESS": f"{LOOPBACK}:{nobody}",
            "DOOR_KEY": DOOR_KEY,
            "DOOR_PORT": str(port),
        }
        server = await asyncio.create_subprocess_exec(
            sys.executable, repository / "server.py", env=environment
        )
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                await _is_there(f"http://{LOOPBACK}:{port}/healthz")
                server.send_signal(signal.SIGTERM)
                assert await server.wait() == 0
        finally:
            if server.returncode is None:
                server.kill()
                await server.wait()


async def _is_there(address: str) -> None:
    async with httpx2.AsyncClient() as http:
        while True:
            try:
                await http.get(address)
            except httpx2.ConnectError:
                await asyncio.sleep(0.1)
            else:
                return
