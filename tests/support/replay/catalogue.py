"""What a recorded history shows of the process: stages passed, ends, events, messages."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from domain.case.state import Stage

HISTORIES = Path(__file__).parents[2] / "replay" / "histories"

Json = dict[str, Any]
Mark = tuple[str, ...]

# The fields of an activity's input that tell one branch of the process from another.
_TELLING = {
    "contact_borrower": "template",
    "record_event": "name",
    "notify_staff": "kind",
    "end_visit": "status",
    "end_agreement": "status",
    "resolve_promise": "status",
}


class Payload(NamedTuple):
    """What crossed between the workflow and an activity: its name and the JSON it was given."""

    activity: str
    value: Any


def read_history(file: Path) -> Json:
    """A recorded history, as Temporal writes it in JSON."""
    history: Json = json.loads(gzip.decompress(file.read_bytes()))
    return history


def recorded() -> list[Path]:
    """Every recorded history."""
    return sorted(HISTORIES.glob("*.json.gz"))


def first_state(history: Json) -> Json:
    """The state of the case that the run began with."""
    state: Json = _decoded(_attributes(history["events"][0], "workflowExecutionStarted")["input"])
    return state


def activity_inputs(history: Json) -> Iterator[Payload]:
    """What each activity was given, in order."""
    for event in history["events"]:
        if scheduled := _attributes(event, "activityTaskScheduled"):
            yield Payload(scheduled["activityType"]["name"], _decoded(scheduled["input"]))


def activity_results(history: Json) -> Iterator[Payload]:
    """What each activity answered, in the order in which they ended."""
    names = {
        event["eventId"]: scheduled["activityType"]["name"]
        for event in history["events"]
        if (scheduled := _attributes(event, "activityTaskScheduled"))
    }
    for event in history["events"]:
        if completed := _attributes(event, "activityTaskCompleted"):
            yield Payload(
                names[completed["scheduledEventId"]], _decoded(completed.get("result", {}))
            )


def is_open(history: Json) -> bool:
    """Whether the run was still going on when it was recorded."""
    last = history["events"][-1]["eventType"]
    return not last.startswith("EVENT_TYPE_WORKFLOW_EXECUTION_") or last.endswith(
        ("SIGNALED", "UPDATE_ACCEPTED", "UPDATE_COMPLETED")
    )


def marks(history: Json) -> set[Mark]:
    """Everything by which a history tells a branch of the process from another.

    `("branch", from, to)`, `("end", stage, outcome)`, `("middle", stage)` of a run that was
    recorded in the middle of a stage, `("continued", stage)`, `("activity", name)` and one mark
    for each kind of message, event, notice and end.
    """
    # A field that has its default is not written.
    stage = first_state(history).get("stage", Stage.EARLY_CONTACT)
    found: set[Mark] = {("began in", stage)}
    for name, value in activity_inputs(history):
        found.add(("activity", name))
        if name in _TELLING:
            found.add((name, value[_TELLING[name]]))
        if name == "enter_stage":
            found.add(("branch", stage, value["stage"]))
            stage = value["stage"]
        elif name == "close_case":
            found.add(("end", stage, value["outcome"]))
            stage = Stage.ENDED
        elif name == "reopen_case":
            found.add(("reopened", stage))
    kinds = {event["eventType"].removeprefix("EVENT_TYPE_") for event in history["events"]}
    for kind in ("ACTIVITY_TASK_TIMED_OUT", "WORKFLOW_EXECUTION_UPDATE_ACCEPTED", "TIMER_FIRED"):
        if kind in kinds:
            found.add(("happened", kind.lower()))
    if "WORKFLOW_EXECUTION_CONTINUED_AS_NEW" in kinds:
        found.add(("continued", stage))
    elif is_open(history):
        found.add(("middle", stage))
    return found


def _attributes(event: Json, kind: str) -> Json:
    attributes: Json = event.get(f"{kind}EventAttributes", {})
    return attributes


def _decoded(payloads: Json) -> Any:
    first: Json = next(iter(payloads.get("payloads", [])), {})
    return json.loads(base64.b64decode(first["data"])) if first.get("data") else None
