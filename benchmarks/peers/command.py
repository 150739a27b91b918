"""Every side in turn: what a killed worker costs, then the rate; docs/peers.md is written of it.

python -m benchmarks.peers.command [--kills 12] [--cases 60] [--rounds 3] [--in-flight 30]
"""

import asyncio
import os
import time
from typing import Annotated

import typer
from pydantic import TypeAdapter

from benchmarks.peers.page import PAGE, Figures, KillRow, RateRow, page, table
from benchmarks.peers.product import Product
from benchmarks.peers.runs import Rate, kill_moments, measure_kills, measure_rate
from benchmarks.peers.sides import PEERS_PYTHON, RESTATE, ROOT, Cron, Dbos, Restate, Settings, Side
from commands.command_line import CommandError, run_command

SIDES: tuple[type[Side], ...] = (Product, Cron, Dbos, Restate)
_SEED = 20261129
_KILL_DAY, _KILL_HOURS = 60.0, 8
_RATE_DAY, _RATE_HOURS = 8.0, 10
_APART_SECONDS = 4.0  # the sides' kills: so many workers that start at once would stop each other
_KEPT = ROOT / ".local" / "peers.json"
_FIGURES = TypeAdapter(Figures)


def main(
    kills: Annotated[int, typer.Option(help="How often each worker is killed")] = 12,
    cases: Annotated[int, typer.Option(help="Whose lives it is killed in")] = 60,
    rounds: Annotated[int, typer.Option(help="How often each rate is measured")] = 3,
    in_flight: Annotated[int, typer.Option(help="Cases at once, where the rate is measured")] = 30,
    seconds: Annotated[float, typer.Option(help="How long each rate is measured")] = 45,
    page_only: Annotated[
        bool, typer.Option(help="Write the page of the last run's figures")
    ] = False,
) -> None:
    """Print the tables, and write the page."""
    run_command(_write_page() if page_only else _run(kills, cases, rounds, in_flight, seconds))


async def _run(kills: int, cases: int, rounds: int, in_flight: int, seconds: float) -> int:
    if not PEERS_PYTHON.is_file() or not any(RESTATE.glob("restate-server-*/bin/*")):
        raise CommandError("the others' environment is missing: `make peers` builds it")
    began_at, load = time.time(), [os.getloadavg()[1]]
    killed = await _kill_all(kills, cases)
    load.append(os.getloadavg()[1])
    rates: dict[type[Side], list[Rate]] = {kind: [] for kind in SIDES}
    for number in range(rounds):
        order = SIDES if number % 2 == 0 else SIDES[::-1]
        for kind in order:
            settings = Settings(_RATE_DAY, "", in_flight + 20, _RATE_HOURS)
            rate = await measure_rate(kind, settings, in_flight, seconds)
            typer.echo(f"{kind.name}: {rate}")
            rates[kind].append(rate)
        load.append(os.getloadavg()[1])
        _keep(killed, rates, load, (time.time() - began_at) / 60)
    return await _write_page()


def _keep(
    killed: list[KillRow], rates: dict[type[Side], list[Rate]], load: list[float], minutes: float
) -> None:
    rows = [RateRow(kind.name, measured) for kind, measured in rates.items()]
    _KEPT.parent.mkdir(exist_ok=True)
    _KEPT.write_bytes(
        _FIGURES.dump_json(Figures(killed, rows, load, minutes, _KILL_DAY, _RATE_DAY))
    )


async def _write_page() -> int:
    figures = _FIGURES.validate_json(_KEPT.read_bytes())
    PAGE.write_text(page(figures), encoding="utf-8")
    typer.echo(table(figures))
    typer.echo(f"written: docs/{PAGE.name}")
    return 0


async def _kill_all(kills: int, cases: int) -> list[KillRow]:
    """All beside each other: what is asked is what is lost, not how fast it goes."""
    sides = [(kind, True) for kind in SIDES] + [(kind, False) for kind in SIDES[1:]]
    moments = kill_moments(_SEED, kills, _KILL_DAY)

    async def kill(place: int, kind: type[Side], *, is_gated: bool) -> KillRow:
        await asyncio.sleep(place * _APART_SECONDS)
        settings = Settings(_KILL_DAY, "", cases + 20, _KILL_HOURS, is_gated)
        row = KillRow(kind.name, is_gated, await measure_kills(kind, settings, cases, moments))
        typer.echo(f"{row}")
        return row

    return await asyncio.gather(
        *(kill(place, kind, is_gated=gated) for place, (kind, gated) in enumerate(sides))
    )


if __name__ == "__main__":
    typer.run(main)
