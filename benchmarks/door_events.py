"""How many events a second come in by the front door, against raw signals from the SDK.

All sides send as many events to as many open cases on the same embedded servers with the same
worker, in turn (A B C C B A …), and stop when every one is on record. The door's events come over
HTTP, signed, from a process of their own; signals, and the updates that the door itself sends, from
the same number of callers. Beside the rates: how long one call takes, which ends with the verdict,
and of a signal says only that Temporal has it.

    python -m benchmarks.door_events [--loans 200] [--events 5] [--pairs 4] [--callers 32]
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import httpx2
import typer
from temporalio.client import Client

from activities.business_time import business_time
from activities.scan_activities import ScanSummary, scan_overdue
from benchmarks.contact_steps import insert_loans
from benchmarks.means.quiet import Anyway, run_bench
from benchmarks.means.ratios import say_ratios
from database.case.scan import Scan
from database.door.credentials import EVERY_LENDER, Credentials
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool, open_pool
from domain.clock import BusinessClock
from domain.events import PaymentReceived
from door.signatures import make_secret
from embedded.processes import free_ports
from embedded.stack import EmbeddedStack
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY
from runtime.standard_webhooks import sign
from temporal.case_starter import TemporalCaseStarter
from temporal.names import DELIVER, workflow_id

ROOT = Path(__file__).parents[1]
KEY, KEY_ID, SALT = "the key of a bench, as long as one has to be", "bench", "salt"
_TAKEN_UP_WITHIN_SECONDS = 120
_SETTLES_SECONDS = 15  # what each case does at its beginning is over then
ENDS_WITHIN = timedelta(seconds=15)
Send = Callable[[str, str], Awaitable[None]]


class Side(NamedTuple):
    """What one side did: events on record a second, and the time of each call in ms."""

    rate: float
    calls: list[float]

    def __str__(self) -> str:
        cuts = statistics.quantiles(self.calls, n=100)
        return f"{self.rate:.0f}/s, a call {cuts[49]:.0f} ms (p99 {cuts[98]:.0f})"


def main(
    loans: Annotated[int, typer.Option(help="Open cases that events are sent to")] = 200,
    events: Annotated[int, typer.Option(help="Events that either side sends to each")] = 5,
    pairs: Annotated[int, typer.Option(help="How often both are measured")] = 4,
    callers: Annotated[int, typer.Option(help="Calls at a time")] = 32,
    anyway: Anyway = False,
) -> None:
    """Print the rates of each pair, and the median of their ratios."""
    run_bench(_run(loans, events, pairs, callers), anyway=anyway)


async def _run(loans: int, events: int, pairs: int, callers: int) -> int:
    port = free_ports(1)[0]
    async with EmbeddedStack() as stack:
        stack.settings = {
            "DOOR_KEY": KEY, "DOOR_PORT": str(port), "DOOR_EVENTS_PER_SECOND": "1000000"
        }  # fmt: skip
        client, pool = await stack.connect_temporal(), await open_pool(stack.database_url)
        try:
            ids = [f"loan-{number}" for number in range(loans)]
            await open_cases(stack, client, pool, ids)
            async with front_door(stack, pool, port, callers) as send_by_door:
                sides = {
                    "signals": by_signal(client), "updates": by_update(client), "door": send_by_door
                }  # fmt: skip
                names = _rounds(ids, events)
                for send in sides.values():  # all find servers that are warm
                    await _measure(pool, send, next(names), callers)
                ratios: dict[str, list[float]] = {"signals": [], "updates": []}
                for pair in range(pairs):
                    order = [*sides] if pair % 2 == 0 else [*reversed(sides)]
                    done = {
                        side: await _measure(pool, sides[side], next(names), callers)
                        for side in order
                    }
                    for side, found in ratios.items():
                        found.append(done["door"].rate / done[side].rate)
                    typer.echo("; ".join(f"{side} {did}" for side, did in done.items()))
            for side, found in ratios.items():
                say_ratios(f"front door against raw {side}", found)
        finally:
            await pool.close()
    return 0


def _rounds(ids: list[str], events: int) -> Iterator[list[tuple[str, str]]]:
    number = 0
    while True:
        number += 1
        yield [(loan_id, f"{number}-{each}") for each in range(events) for loan_id in ids]


async def open_cases(stack: EmbeddedStack, client: Client, pool: Pool, ids: list[str]) -> None:
    """Loans that are overdue, with a worker that has taken up the case of each."""
    clock = BusinessClock()
    policy, now = read_policy(CHINA_POLICY), business_time(clock)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
    await insert_loans(pool, ids)
    await stack.start_child("worker", sys.executable, ROOT / "worker.py", grace=ENDS_WITHIN)
    starter = TemporalCaseStarter(client, clock)
    await scan_overdue(
        Scan(pool), starter, policy.version, now, ScanSummary(), report=lambda _: None
    )
    taken_up = "SELECT count(*) FROM collection_cases WHERE started_at IS NOT NULL"
    for _ in range(_TAKEN_UP_WITHIN_SECONDS):
        if await pool.fetchval(taken_up) == len(ids):
            break
        await asyncio.sleep(1)
    else:
        raise RuntimeError("the worker has not taken up every case")
    await asyncio.sleep(_SETTLES_SECONDS)


def _event(loan_id: str, event_id: str) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "occurred_at": datetime.now(UTC).isoformat(),
        "source": KEY_ID,
        "loan_id": loan_id,
        "payment_id": f"{loan_id}-{event_id}",
        "amount_minor": 1,
    }


def by_signal(client: Client) -> Send:
    """What sends an event as a plain signal."""

    async def send(loan_id: str, event_id: str) -> None:
        handle = client.get_workflow_handle(workflow_id(loan_id))
        await handle.signal(PaymentReceived.name, _event(loan_id, event_id))

    return send


def by_update(client: Client) -> Send:
    """What delivers an event as the door does, and waits for its verdict."""

    async def send(loan_id: str, event_id: str) -> None:
        handle = client.get_workflow_handle(workflow_id(loan_id))
        event = _event(loan_id, event_id) | {"name": PaymentReceived.name}
        await handle.execute_update(DELIVER, event)

    return send


@asynccontextmanager
async def front_door(
    stack: EmbeddedStack, pool: Pool, port: int, callers: int
) -> AsyncIterator[Send]:
    names = [PaymentReceived.name]
    now = datetime.now(UTC)
    await Credentials(pool).add(
        KEY_ID, KEY_ID, names, [EVERY_LENDER], SALT, now, may_name_staff=False
    )
    await stack.start_child("door", sys.executable, ROOT / "server.py", grace=ENDS_WITHIN)
    limits = httpx2.Limits(max_connections=callers, max_keepalive_connections=callers)
    async with httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=30
    ) as http:
        for _ in range(200):
            if await _is_there(http):
                break
            await asyncio.sleep(0.1)
        yield _by_http(http)


async def _is_there(http: httpx2.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).status_code == 200
    except httpx2.TransportError:
        return False


def _by_http(http: httpx2.AsyncClient) -> Send:
    secret = make_secret(KEY, KEY_ID, SALT)

    async def send(loan_id: str, event_id: str) -> None:
        name = PaymentReceived.name
        body = json.dumps(_event(loan_id, event_id) | {"name": name}).encode()
        timestamp = str(int(time.time()))
        headers = {
            "content-type": "application/json",
            "key-id": KEY_ID,
            "webhook-id": event_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(secret, event_id, timestamp, body),
        }
        answer = await http.post(
            f"/v1/loans/{loan_id}/events/{name}", content=body, headers=headers
        )
        if answer.status_code not in (200, 202):
            raise RuntimeError(f"{answer.status_code}: {answer.text}")

    return send


async def _measure(pool: Pool, send: Send, wanted: list[tuple[str, str]], callers: int) -> Side:
    before = await _on_record(pool)
    waiting, calls = iter(wanted), list[float]()

    async def call() -> None:
        for loan_id, event_id in waiting:
            began_at = time.perf_counter()
            await send(loan_id, event_id)
            calls.append((time.perf_counter() - began_at) * 1000)

    began_at = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    await _see_all(pool, before + len(wanted))
    return Side(len(wanted) / (time.perf_counter() - began_at), calls)


async def _see_all(pool: Pool, wanted: int) -> None:
    while True:
        if await _on_record(pool) >= wanted:
            return
        await asyncio.sleep(0.05)


async def _on_record(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM case_events WHERE accepted"))


if __name__ == "__main__":
    typer.run(main)
