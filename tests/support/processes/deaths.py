"""Who may die of an installation, and how one sees when, and that they have."""

import os
import signal
from enum import Enum, auto

import asyncpg

from embedded.processes import Child

# What a client sees of a database that has crashed, until it has recovered.
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    OSError,
)
HALF_DONE = (  # taken by the provider, and not yet written down as sent
    "SELECT attempt_id FROM contact_attempts JOIN simulated_outbox ON reference = attempt_id"
    " WHERE status = 'reserved'"
)
# What a dead worker was having done is aborted a moment later, or has been done.
NOTHING_IS_BEING_DONE = (
    "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'loan-collections'"
    " AND state = 'active' AND pid <> pg_backend_pid()"
)
A_WORKERS_SESSION = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'loan-collections'"
    " AND pid <> pg_backend_pid() ORDER BY state = 'active' DESC LIMIT 1"
)


class Victim(Enum):
    """What may die."""

    WORKER = auto()
    POSTGRES = auto()
    TEMPORAL = auto()
    DOOR = auto()


async def kill_now(child: Child | None) -> None:
    """Without a word."""
    assert child is not None, "not started"
    assert not child.has_ended, child.obituary()
    os.kill(child.pid, signal.SIGKILL)
    await child.wait()
