"""How a cost that may grow is said: one line a measure, which `benchmarks.growth.report` reads."""

import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import typer

_MARK = "growth: "


class Growth(NamedTuple):
    """A measure's cost per unit at each size, the median of those that were taken at it."""

    measure: str
    along: str  # what the sizes count
    unit: str
    costs: dict[int, float]  # by size
    spread: dict[int, tuple[float, float]]

    @property
    def ratio(self) -> float:
        """The cost at the largest size against that at the smallest."""
        return self.costs[max(self.costs)] / self.costs[min(self.costs)]

    def __str__(self) -> str:
        costs = ", ".join(f"{size:,}: {cost:.3g}" for size, cost in sorted(self.costs.items()))
        return f"{self.measure} ({self.unit}), by {self.along}: {costs}; ratio {self.ratio:.2f}"


def say_growth(measure: str, along: str, unit: str, costs: Mapping[int, Sequence[float]]) -> None:
    """Print a measure for people, and once more for the report."""
    found = Growth(
        measure,
        along,
        unit,
        {size: statistics.median(taken) for size, taken in costs.items()},
        {size: (min(taken), max(taken)) for size, taken in costs.items()},
    )
    typer.echo(f"{found}")
    typer.echo(f"{_MARK}{json.dumps(found._asdict())}")


def read_growth(output: str) -> Iterator[Growth]:
    """What was said so in an output."""
    for line in output.splitlines():
        if line.startswith(_MARK):
            said = json.loads(line.removeprefix(_MARK))
            yield Growth(
                said["measure"],
                said["along"],
                said["unit"],
                {int(size): cost for size, cost in said["costs"].items()},
                {int(size): (low, high) for size, (low, high) in said["spread"].items()},
            )
