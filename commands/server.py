"""The front door, put together from all its parts: what `server.py` runs."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import uvicorn
from fastapi import FastAPI
from starlette.routing import BaseRoute
from temporalio.client import Client

from activities.business_time import Now, business_time, real_time
from commands.at_start import runs_otherwise
from commands.command_line import CommandError, open_database, stop_requested
from database.contact.receipts import Receipts
from database.door.credentials import Credentials
from database.door.inbox import Inbox
from database.errors import DatabaseAwayError
from database.event_record import Events
from database.news.endpoints import Endpoints
from database.news.outbox import Outbox
from database.sql import Pool
from domain.contact.delivery import Receipt
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from door.acceptance import Acceptance
from door.app import build_app
from door.dispatcher import Dispatcher
from door.limits import Limits
from door.news.courier import Courier
from door.news.dispatcher import NewsDispatcher
from door.news.post import Post
from door.one_path import OnePath
from door.parts import Door
from door.senders import Senders
from gateways.choice import choose_readers
from gateways.receipts.router import receipts_router
from policies.reader import read_policy
from runtime.logs import configure_logging
from runtime.provider_settings import load_provider_settings
from runtime.settings import Settings, door_key_of, load_settings
from temporal.client import connect_temporal_later

AT_ONCE = 256  # requests in hand
_STATEMENT_WITHIN = timedelta(seconds=5)
_ENDS_WITHIN_SECONDS = 10
_LARGEST_HEADERS = 16 * 1024
_LET_GO_AFTER_SECONDS = 5  # a connection that says nothing
_LOG = logging.getLogger(__name__)


async def run_server() -> int:
    """Run until SIGTERM or SIGINT, then let requests finish."""
    settings = load_settings()
    door_key_of(settings)
    configure_logging(settings.log_format, outages=(DatabaseAwayError,))
    policy = read_policy(settings.policy_file)
    now = business_time(settings.business_clock)
    client = await connect_temporal_later()
    async with (
        open_database(settings, _STATEMENT_WITHIN) as pool,
        open_door(settings, client, pool, policy, now) as app,
        open_news(settings, pool),
    ):
        if (otherwise := await runs_otherwise(pool, "door", policy, settings, now())) is not None:
            _LOG.warning(otherwise)
        await _serve(app, settings)
    return 0


@asynccontextmanager
async def open_door(
    settings: Settings,
    client: Client,
    pool: Pool,
    policy: Policy,
    now: Now,
    real_now: Now = real_time,
) -> AsyncIterator[FastAPI]:
    """The door with all its parts, and what waits behind it delivered; `now` is business time."""
    inbox = Inbox(pool)
    events = Events(pool, decisions_by_door_only=settings.decisions_from == "door")
    path = OnePath(client, events, policy, now)
    async with Dispatcher(inbox, path, real_now) as dispatcher:
        yield build_app(
            Door(
                client=client,
                inbox=inbox,
                senders=Senders(Credentials(pool), door_key_of(settings), real_now),
                acceptance=Acceptance(inbox, dispatcher, now),
                dispatcher=dispatcher,
                limits=Limits(settings.door_events_per_second, AT_ONCE, time.monotonic),
                outbox=Outbox(pool),
            ),
            _routes_of_receipts(settings, pool, now),
        )


@asynccontextmanager
async def open_news(
    settings: Settings, pool: Pool, real_now: Now = real_time
) -> AsyncIterator[NewsDispatcher]:
    """News published and delivered, while it is entered."""
    outbox, endpoints = Outbox(pool), Endpoints(pool)
    post = Post(real_now, private_too=settings.news_to_private_addresses)
    courier = Courier(outbox, endpoints, post, door_key_of(settings), real_now, _chance)
    try:
        async with NewsDispatcher(outbox, endpoints, courier, real_now) as dispatcher:
            yield dispatcher
    finally:
        await post.close()


def _chance() -> float:
    return secrets.randbelow(1_000_000) / 1_000_000


def _routes_of_receipts(settings: Settings, pool: Pool, now: Now) -> Sequence[BaseRoute]:
    """Where the chosen providers report what became of a message; nowhere without a secret."""
    given = load_provider_settings()
    secret = given.receipts_secret.get_secret_value()
    if not secret:
        return ()
    names = {Channel.SMS: settings.sms_gateway, Channel.CALL: settings.call_gateway}

    async def record(receipts: list[Receipt]) -> object:
        return await Receipts(pool).record_receipts(receipts, now())

    return receipts_router(choose_readers(names, given, real_time), secret, record).routes


async def _serve(app: FastAPI, settings: Settings) -> None:
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.door_host,
            port=settings.door_port,
            log_config=None,
            access_log=False,
            server_header=False,
            h11_max_incomplete_event_size=_LARGEST_HEADERS,
            timeout_keep_alive=_LET_GO_AFTER_SECONDS,
            timeout_graceful_shutdown=_ENDS_WITHIN_SECONDS,
        )
    )
    stop = asyncio.create_task(_stop(server))
    try:
        await server.serve()
    except SystemExit as end:
        where = f"{settings.door_host}:{settings.door_port}"
        raise CommandError(f"DOOR_HOST, DOOR_PORT: cannot listen at {where}") from end
    finally:
        stop.cancel()


async def _stop(server: uvicorn.Server) -> None:
    await stop_requested().wait()
    server.should_exit = True


class _Server(uvicorn.Server):
    """Leaves signals to us: its own way ends the process before what was in hand is put away."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
