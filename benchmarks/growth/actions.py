"""Temporal Cloud's actions in the runs that the replay guard keeps, and what they came of.

Counted are: actions by kind, contacts, events, and what is left over for each contact; and the
actions of each life that is there from its first start to its end in one run.

    python -m benchmarks.growth.actions
"""

import gzip
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import typer
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from benchmarks.history_bytes import HISTORIES
from temporal.actions import actions_of
from temporal.names import LOAN_COLLECTION

CONTACT, START = "contact_borrower", 4  # actions of a start: see benchmarks/growth/units.py
OF_A_CONTACT, OF_AN_EVENT = 2, 3


class Run(NamedTuple):
    """What a recorded run did."""

    actions: Counter[str]
    contacts: int
    events: int
    is_whole: bool  # a life from its first start to its end

    @property
    def other(self) -> int:
        """Actions that are no start, no contact and no event."""
        known = OF_A_CONTACT * self.contacts + OF_AN_EVENT * self.events
        return max(self.actions.total() - START - known, 0)


def main() -> None:
    """Print the counts."""
    runs = [run for file in sorted(HISTORIES.glob("*.json.gz")) if (run := _read(file.name))]
    actions: Counter[str] = sum((run.actions for run in runs), Counter())
    contacts, events = sum(run.contacts for run in runs), sum(run.events for run in runs)
    kinds = ", ".join(f"{kind} {number}" for kind, number in actions.most_common())
    typer.echo(f"{len(runs)} runs, {actions.total()} actions: {kinds}")
    typer.echo(f"{contacts} contacts; for each {events / contacts:.2f} events")
    typer.echo(f"other actions for a contact: {sum(run.other for run in runs) / contacts:.2f}")
    whole = [run.actions.total() for run in runs if run.is_whole]
    typer.echo(
        f"{len(whole)} whole lives in one run: {min(whole)} to {max(whole)} actions,"
        f" median {statistics.median(whole):.0f}"
    )


def _read(name: str) -> Run | None:
    text = gzip.decompress((HISTORIES / name).read_bytes()).decode()
    events = WorkflowHistory.from_json(name, text).events
    began = events[0].workflow_execution_started_event_attributes
    if began.workflow_type.name != LOAN_COLLECTION:
        return None
    actions = actions_of(events)
    is_first = not began.continued_execution_run_id
    has_ended = events[-1].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
    told = actions["signal"] + actions["update"]
    return Run(actions, _contacts(events), told, is_first and has_ended)


def _contacts(events: Sequence[HistoryEvent]) -> int:
    scheduled = (event.activity_task_scheduled_event_attributes for event in events)
    return sum(each.activity_type.name == CONTACT for each in scheduled)


if __name__ == "__main__":
    typer.run(main)
