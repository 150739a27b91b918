"""A door in this process, with a sending system before it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from temporalio.client import Client

from activities.business_time import real_time
from commands.server import open_door
from database.sql import Pool
from domain.policy.policy import Policy
from runtime.settings import Settings
from temporal.converter import DATA_CONVERTER
from tests.support.door.system import DOOR_KEY, System, admit, calling

NOBODY = "127.0.0.1:9"  # where no Temporal listens


def settings(**more: object) -> Settings:
    """Of a door of tests; the pool is given to it."""
    return Settings.model_validate(
        {"database_url": "postgresql://unused", "door_key": DOOR_KEY} | more
    )


@asynccontextmanager
async def a_door(
    pool: Pool,
    client: Client,
    policy: Policy,
    now: Callable[[], datetime] = real_time,
    **more: object,
) -> AsyncIterator[System]:
    """The door, and the system `bank`, which may send everything."""
    async with open_door(settings(**more), client, pool, policy, now) as app, calling(app) as http:
        yield await admit(pool, http)


async def client_of_nobody() -> Client:
    """A client of a Temporal that is away."""
    return await Client.connect(NOBODY, data_converter=DATA_CONVERTER, lazy=True)


def now_in_utc() -> datetime:
    return datetime.now(UTC)
