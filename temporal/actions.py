"""Temporal Cloud's unit of price, counted in a history.

What is an action: https://docs.temporal.io/cloud/actions. What leaves no event in a history is not
counted here: queries, heartbeats, updates that were rejected, and two more for each time that a
schedule starts a workflow.
"""

from collections import Counter
from collections.abc import Iterable

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

_ONE_EACH = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "start",  # of each run, continued ones too
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED: "options",
}
_CHILD = EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED
_NOT_COUNTED = {"TemporalChangeVersion"}


def actions_of(events: Iterable[HistoryEvent]) -> Counter[str]:
    """How many actions of each kind the events of a run are."""
    actions, marked_by = Counter[str](), set[int]()
    for event in events:
        if (kind := _ONE_EACH.get(event.event_type)) is not None:
            actions[kind] += 1
        elif event.HasField("activity_task_started_event_attributes"):
            # Written when it has ended: how often it was tried by then.
            actions["activity"] += max(event.activity_task_started_event_attributes.attempt, 1)
        elif event.HasField("upsert_workflow_search_attributes_event_attributes"):
            upserted = event.upsert_workflow_search_attributes_event_attributes.search_attributes
            actions["search attributes"] += bool(set(upserted.indexed_fields) - _NOT_COUNTED)
        elif event.HasField("marker_recorded_event_attributes"):
            # All that one task records are one action.
            task = event.marker_recorded_event_attributes.workflow_task_completed_event_id
            actions["marker"] += task not in marked_by
            marked_by.add(task)
        elif event.event_type == _CHILD:
            actions["child"] += 2
    return +actions
