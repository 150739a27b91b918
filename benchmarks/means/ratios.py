"""How a measure is said: one line, which `benchmarks.report` reads."""

import re
import statistics
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import typer

_LINE = re.compile(
    r"^(.+): median ratio ([\d.]+) \(([\d.]+) to ([\d.]+), (\d+) pairs?\)$", re.MULTILINE
)


class Measured(NamedTuple):
    """A ratio of two sides that were measured in turn: its median over the pairs, its spread."""

    measure: str
    median: float
    least: float
    most: float
    pairs: int


def say_ratios(measure: str, ratios: Sequence[float]) -> None:
    """Print the median of a measure's ratios, one a pair, with the least and the most."""
    typer.echo(
        f"{measure}: median ratio {statistics.median(ratios):.3f}"
        f" ({min(ratios):.3f} to {max(ratios):.3f}, {len(ratios)} pairs)"
    )


def read_ratios(output: str) -> Iterator[Measured]:
    """What was said so in an output."""
    for measure, median, least, most, pairs in _LINE.findall(output):
        yield Measured(measure, float(median), float(least), float(most), int(pairs))
