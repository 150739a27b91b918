"""The embedded Temporal: the development server with its UI, on loopback."""

import asyncio
import shutil
import sys
from dataclasses import astuple, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError

from embedded.processes import LOOPBACK, Child, StackError, free_ports, inherited_environment
from temporal.converter import DATA_CONVERTER
from temporal.search_attributes import SEARCH_ATTRIBUTES

NAMESPACE = "default"

_START_WITHIN = timedelta(seconds=30)
_POLL = timedelta(milliseconds=25)

# By default a timer may fire up to a second late, which on a fast clock is hours.
_EXACT_TIMERS = 'history.timerProcessorMaxTimeShift="10ms"'
_DURABLE = ("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal")


@dataclass(frozen=True)
class TemporalPorts:
    """Loopback ports; None asks for a free one."""

    grpc: int | None = None
    ui: int | None = None
    http: int | None = None

    def chosen(self) -> "TemporalPorts":
        """The same ports with free ones in place of None."""
        free = free_ports(3)
        return TemporalPorts(*(port or free.pop() for port in astuple(self)))


async def spawn_temporal(
    ports: TemporalPorts, *, database: Path | None, exact_timers: bool, log: Path
) -> Child:
    """Start the server's process; `database` None keeps everything in memory."""
    command = [_binary(), "server", "start-dev", "--ip", LOOPBACK, "--ui-disable-news-fetch"]
    command += ["--port", str(ports.grpc), "--ui-port", str(ports.ui)]
    command += ["--http-port", str(ports.http), "--namespace", NAMESPACE]
    if database is not None:
        command += ["--db-filename", str(database), *_DURABLE]
    if exact_timers:
        command += ["--dynamic-config-value", _EXACT_TIMERS]
    for key in SEARCH_ATTRIBUTES:
        command += ["--search-attribute", f"{key.name}={_cli_type(key)}"]
    return await Child.start("temporal", *command, log=log, env=inherited_environment({}))


async def answers(server: Child, address: str) -> bool:
    """Wait until the frontend answers a client; False when the process ended instead.

    Raises StackError when it does neither in time.
    """
    try:
        async with asyncio.timeout(_START_WITHIN.total_seconds()):
            while not server.has_ended:
                if await _is_healthy(address):
                    return True
                await asyncio.sleep(_POLL.total_seconds())
    except TimeoutError:
        raise StackError(
            f"temporal does not answer at {address} within {_START_WITHIN} (see {server.log})"
        ) from None
    return False


async def connect(address: str) -> Client:
    """A new client with the service's data converter."""
    return await Client.connect(address, namespace=NAMESPACE, data_converter=DATA_CONVERTER)


async def _is_healthy(address: str) -> bool:
    try:
        client = await connect(address)
        return await client.service_client.check_health()
    except (RuntimeError, RPCError):  # nobody listens yet, or is not ready to serve
        return False


def _binary() -> str:
    beside_python = Path(sys.executable).with_name("temporal")
    found = shutil.which(beside_python) or shutil.which("temporal")
    if found is None:
        raise StackError("there is no `temporal` program: install the development requirements")
    return found


def _cli_type(key: SearchAttributeKey[Any]) -> str:
    """A key's type as the command line spells it: KEYWORD_LIST is KeywordList."""
    return key.indexed_value_type.name.title().replace("_", "")
