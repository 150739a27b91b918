"""The figures of a drill, as a row of a table and as a file."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from drills.checks.contacts import read_ladder
from drills.checks.evidence import Evidence

_CASES = """
    SELECT count(*) AS cases, count(closed_at) AS ended FROM collection_cases
"""


class Figures(NamedTuple):
    """What was counted."""

    seed: int
    loans: int
    cases: int
    ended: int
    faults: int
    fault_seconds: int
    contacts: int
    duplicates: int
    steps_due: int
    steps_made: int
    steps_ruled_out: int
    steps_missed_by_fault: int
    steps_missed_on_short_days: int
    steps_unexplained: int
    events: int
    longest_silence_seconds: float  # on a day on which something failed
    day_seconds: float
    minutes: float
    red: list[str]  # the checks that found something

    @property
    def in_words(self) -> str:
        """One line."""
        return (
            f"{self.loans} loans, {self.faults} faults, {self.contacts} contacts,"
            f" {self.duplicates} duplicates; of {self.steps_due} steps due {self.steps_made} made,"
            f" {self.steps_ruled_out} ruled out, {self.steps_missed_by_fault} missed by a fault,"
            f" {self.steps_missed_on_short_days} on short days, {self.steps_unexplained}"
            f" unexplained; longest silence {self.longest_silence_seconds:.0f} s;"
            f" {self.minutes:.1f} minutes"
        )

    def write(self, file: Path) -> None:
        """As JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self._asdict(), indent=1) + "\n", encoding="utf-8")


async def read_figures(
    evidence: Evidence, seed: int, took: timedelta, day_length: timedelta, red: list[str]
) -> Figures:
    """Count everything."""
    row = await evidence.pool.fetchrow(_CASES)
    assert row is not None  # noqa: S101  (counts always answer)
    ladder = await read_ladder(evidence)
    references = [message["reference"] for message in evidence.sent]
    return Figures(
        seed=seed,
        loans=len(evidence.habits),
        cases=row["cases"],
        ended=row["ended"],
        faults=len(evidence.struck),
        fault_seconds=round(sum(struck.took_seconds for struck in evidence.struck)),
        contacts=len(references),
        duplicates=len(references) - len(set(references)),
        steps_due=ladder.due,
        steps_made=ladder.made,
        steps_ruled_out=ladder.ruled_out,
        steps_missed_by_fault=len(ladder.missed_by_fault),
        steps_missed_on_short_days=len(ladder.missed_on_short_days),
        steps_unexplained=len(ladder.unexplained),
        events=len(evidence.letters),
        longest_silence_seconds=round(longest_silence(evidence), 1),
        day_seconds=round(day_length.total_seconds(), 2),
        minutes=round(took / timedelta(minutes=1), 1),
        red=red,
    )


def longest_silence(evidence: Evidence) -> float:
    """The most real seconds between two contacts of one day on which something failed."""
    days = {struck.began_at.date() for struck in evidence.struck}
    return max((longest_gap(evidence.sent, day.isoformat()) for day in days), default=0.0)


def longest_gap(sent: Sequence[dict[str, Any]], day: str) -> float:
    """Between the contacts of a business day."""
    moments = sorted(
        datetime.fromisoformat(message["real_at"])
        for message in sent
        if message["at"].startswith(day)
    )
    gaps = ((later - earlier).total_seconds() for earlier, later in pairwise(moments))
    return max(gaps, default=0.0)
