"""How long a signal takes to its effect on record, against a bare workflow's.

Both sides get signals at the same steady rate, to as many workflows on the same embedded servers,
in turn (A B B A …); the effect is the row that is committed, heard of by LISTEN. The bare workflow
inserts one row; the product reads, judges and books a payment, which from that moment on stops
every contact that it forbids. Then the same payments by the front door; their time is told beside.

    python -m benchmarks.signal_effects [--loans 100] [--signals 400] [--a-second 20] [--pairs 4]
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import typer
from temporalio.client import Client

from benchmarks.bare import BareInbox
from benchmarks.bare_worker import BARE_QUEUE
from benchmarks.door_events import ENDS_WITHIN, KEY, Send, by_signal, front_door, open_cases
from benchmarks.means.quiet import Anyway, run_bench
from benchmarks.means.ratios import say_ratios
from database.sql import open_pool
from embedded.processes import free_ports
from embedded.stack import EmbeddedStack

_CALLERS = 32
_ARRIVES_WITHIN_SECONDS = 30
_EFFECTS = """
    CREATE TABLE bare_effects (signal_id text PRIMARY KEY);
    CREATE FUNCTION tell_of_effect() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM pg_notify('effects', to_jsonb(NEW) ->> TG_ARGV[0]); RETURN NULL; END$$;
    CREATE TRIGGER told AFTER INSERT ON bare_effects
        FOR EACH ROW EXECUTE FUNCTION tell_of_effect('signal_id');
    CREATE TRIGGER told AFTER INSERT ON payments
        FOR EACH ROW EXECUTE FUNCTION tell_of_effect('payment_id');
"""


def main(
    loans: Annotated[int, typer.Option(help="Workflows of either side")] = 100,
    signals: Annotated[int, typer.Option(help="Signals that either side gets in a pair")] = 400,
    a_second: Annotated[int, typer.Option(help="Signals a second")] = 20,
    pairs: Annotated[int, typer.Option(help="How often both are measured")] = 4,
    anyway: Anyway = False,
) -> None:
    """Print the times of each pair, and the median of the ratios of their 99th percentiles."""
    run_bench(_run(loans, signals, a_second, pairs), anyway=anyway)


class Effects:
    """Hears of each effect, and knows when its cause was sent."""

    def __init__(self) -> None:
        self._sent: dict[str, float] = {}
        self._took: dict[str, asyncio.Future[float]] = {}

    @asynccontextmanager
    async def heard(self, url: str) -> AsyncIterator["Effects"]:
        """While a connection of its own listens."""
        connection = await asyncpg.connect(url)
        await connection.add_listener("effects", self._hear)
        try:
            yield self
        finally:
            await connection.close()

    def _hear(self, _connection: object, _pid: int, _channel: str, effect: object) -> None:
        if (sent := self._sent.get(str(effect))) is not None:
            self._took[str(effect)].set_result((time.perf_counter() - sent) * 1000)

    async def measure(
        self, send: Send, wanted: Sequence[tuple[str, str]], pause: float
    ) -> list[float]:
        """Milliseconds to each effect of `wanted` (loan, event), sent one a `pause` (seconds)."""
        effects = [f"{loan_id}-{event_id}" for loan_id, event_id in wanted]
        async with asyncio.TaskGroup() as sending:
            for effect, (loan_id, event_id) in zip(effects, wanted, strict=True):
                self._took[effect] = asyncio.Future()
                self._sent[effect] = time.perf_counter()
                sending.create_task(_send(send, loan_id, event_id))
                await asyncio.sleep(pause)
        async with asyncio.timeout(_ARRIVES_WITHIN_SECONDS):
            return [await self._took[effect] for effect in effects]


async def _send(send: Send, loan_id: str, event_id: str) -> None:
    await send(loan_id, event_id)


async def _run(loans: int, signals: int, a_second: int, pairs: int) -> int:
    port = free_ports(1)[0]
    async with EmbeddedStack() as stack:
        stack.settings = {
            "DOOR_KEY": KEY, "DOOR_PORT": str(port), "DOOR_EVENTS_PER_SECOND": "1000000"
        }  # fmt: skip
        client, pool = await stack.connect_temporal(), await open_pool(stack.database_url)
        ids = [f"loan-{number}" for number in range(loans)]
        try:
            await pool.execute(_EFFECTS)
            await _open_bare(stack, client, ids)
            await open_cases(stack, client, pool, ids)
            async with (
                front_door(stack, pool, port, _CALLERS) as by_door,
                Effects().heard(stack.database_url) as effects,
            ):
                sides = {"bare": _to_bare(client), "product": by_signal(client), "door": by_door}
                await _measure_pairs(effects, sides, ids, signals, 1 / a_second, pairs)
        finally:
            await pool.close()
    return 0


async def _measure_pairs(
    effects: Effects,
    sides: Mapping[str, Send],
    ids: list[str],
    signals: int,
    pause: float,
    pairs: int,
) -> None:
    async def measure(side: str, pair: object, number: int = signals) -> list[float]:
        wanted = [(ids[n % len(ids)], f"{side}-{pair}-{n}") for n in range(number)]
        return await effects.measure(sides[side], wanted, pause)

    for side in sides:  # each finds servers that are warm
        await measure(side, "warm", len(ids))
    ratios, by_door = [], list[float]()
    for pair in range(pairs):
        order = ["bare", "product"] if pair % 2 == 0 else ["product", "bare"]
        took = {side: await measure(side, pair) for side in order}
        by_door += await measure("door", pair)
        ratios.append(_percentile(took["product"], 99) / _percentile(took["bare"], 99))
        typer.echo(
            f"bare {_said(took['bare'])}; product {_said(took['product'])}; ratio {ratios[-1]:.2f}"
        )
    typer.echo(f"from a payment's arrival at the door to its effect: {_said(by_door)}")
    say_ratios("signal to effect, 99th percentile, against a bare workflow's", ratios)


async def _open_bare(stack: EmbeddedStack, client: Client, ids: Sequence[str]) -> None:
    await stack.start_child(
        "bare", sys.executable, "-m", "benchmarks.bare_worker", grace=ENDS_WITHIN
    )
    for loan_id in ids:
        await client.start_workflow(BareInbox.run, id=f"bare-{loan_id}", task_queue=BARE_QUEUE)


def _to_bare(client: Client) -> Send:
    async def send(loan_id: str, event_id: str) -> None:
        handle = client.get_workflow_handle(f"bare-{loan_id}")
        await handle.signal(BareInbox.take, f"{loan_id}-{event_id}")

    return send


def _percentile(took: list[float], percent: int) -> float:
    return statistics.quantiles(took, n=100)[percent - 1]


def _said(took: list[float]) -> str:
    return f"{_percentile(took, 50):.0f} ms (p99 {_percentile(took, 99):.0f})"


if __name__ == "__main__":
    typer.run(main)
