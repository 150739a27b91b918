"""What Temporal Cloud would bill is counted as its documentation says."""

import gzip
from collections import Counter
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from temporal.actions import actions_of


def _recorded(repository: Path, name: str) -> WorkflowHistory:
    file = repository / "tests" / "replay" / "histories" / f"{name}.json.gz"
    return WorkflowHistory.from_json(name, gzip.decompress(file.read_bytes()).decode())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            # Taken up, told of a payment, closed, and the notice sent; one wait.
            "end-loan-LC-00038-38",
            {"start": 1, "activity": 4, "search attributes": 3, "timer": 1, "signal": 1},
        ),
        (
            # Five activities; a provider that took nothing was tried until its hours were over.
            "early_contact-test-step-that-no-provider-took-is-failed-and-missed-L-1-51-open",
            {"start": 1, "activity": 86, "search attributes": 1, "timer": 4},
        ),
        (
            # Two tasks that each marked the way they went: an action each.
            "end-test-complaint-outlives-its-case-L-1-160",
            {"start": 1, "activity": 19, "search attributes": 6, "marker": 2, "timer": 5,
             "update": 3},
        ),
    ],
)  # fmt: skip
def test_a_recorded_run_has_so_many(repository: Path, name: str, expected: dict[str, int]) -> None:
    """Counted in histories as a real server wrote them."""
    assert actions_of(_recorded(repository, name).events) == Counter(expected)


def test_a_run_that_goes_on_begins_once_more(repository: Path) -> None:
    """The start of the continued run is billed, the end of the one before is not."""
    ends = _recorded(repository, "preparation-loan-LC-06425-403").events
    goes_on = _recorded(repository, "end-loan-LC-06425-182").events
    assert ends[-1].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
    assert actions_of(ends[-1:]) == Counter()
    assert actions_of(goes_on[:1]) == Counter({"start": 1})


def test_markers_of_one_task_are_one_and_versions_are_free() -> None:
    """As is a start of a child, which is two."""
    events = [HistoryEvent(event_id=number) for number in range(1, 6)]
    for event, task in zip(events[:3], (7, 7, 9), strict=True):
        event.marker_recorded_event_attributes.workflow_task_completed_event_id = task
    upserted = events[3].upsert_workflow_search_attributes_event_attributes.search_attributes
    upserted.indexed_fields["TemporalChangeVersion"].data = b"[]"
    events[4].event_type = EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED
    assert actions_of(events) == Counter({"marker": 2, "child": 2})
