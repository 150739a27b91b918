"""The table of the drills that were run here, for `docs/drills.md`.

python -m drills.report.table [DIRECTORY]    from the figures in .local/drill
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from drills.report.figures import Figures

_HEAD = (
    *("seed", "loans", "faults", "contacts", "twice", "steps due", "made", "refused by a rule"),
    *("missed: by a fault", "on short days", "unexplained", "longest silence", "day"),
    *("minutes", "checks red"),
)


def table(drills: Sequence[Figures]) -> str:
    """In Markdown, a row for each drill."""
    rows = [
        (
            *(drill.seed, drill.loans, drill.faults, drill.contacts, drill.duplicates),
            *(drill.steps_due, drill.steps_made, drill.steps_ruled_out),
            *(drill.steps_missed_by_fault, drill.steps_missed_on_short_days),
            *(drill.steps_unexplained, f"{drill.longest_silence_seconds:.0f} s"),
            *(f"{drill.day_seconds:g} s", f"{drill.minutes:.1f}", len(drill.red)),
        )
        for drill in drills
    ]
    lines = [_HEAD, ["---:"] * len(_HEAD), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def main() -> None:
    """Print it."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".local/drill")
    found = [Figures(**json.loads(file.read_text())) for file in folder.glob("full-*.json")]
    typer.echo(table(sorted(found, key=lambda drill: drill.seed)))


if __name__ == "__main__":
    main()
