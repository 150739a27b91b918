"""What histories weigh, against the same events without anything in them.

Weighed are the runs that the replay guard keeps: whole lives and runs in the middle of every stage,
as real servers wrote them, mostly under releases before. Each value that an activity took or
answered, and the state that a run began with, is read by its type and written as it would be now.
The floor is the same timers and activities with empty payloads, and the signals and updates as they
were sent: nobody has them smaller. What is reckoned so is the same on any machine.

    python -m benchmarks.history_bytes
"""

import gzip
import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_type_hints

import typer
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

import activities
from benchmarks.means.ratios import say_ratios
from commands.worker import activities_of
from domain.case.state import CaseState
from temporal.converter import DATA_CONVERTER
from temporal.search_attributes import COLLECTION_STAGE

HISTORIES = Path(__file__).parents[1] / "tests" / "replay" / "histories"
_SENT_BY_OTHERS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
}
_ONLY_OURS = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
_PAYLOADS = {Payload.DESCRIPTOR.full_name, Payloads.DESCRIPTOR.full_name}
_VALUES = DATA_CONVERTER.payload_converter


def main() -> None:
    """Print the bytes of all, of the floor, and which activities' values weigh most."""
    now, floor, runs = 0, 0, 0
    recorded, heaviest = 0, Counter[str]()
    for file in sorted(HISTORIES.glob("*.json.gz")):
        text = gzip.decompress(file.read_bytes()).decode()
        events = WorkflowHistory.from_json(file.name, text).events
        recorded += sum(event.ByteSize() for event in events)
        heaviest.update(_write_as_now(events))
        now += sum(event.ByteSize() for event in events)
        floor += sum(_bare_bytes(event) for event in events)
        runs += 1
    typer.echo(
        f"{runs} runs: as recorded {_a_run(recorded, runs)}, as written now"
        f" {_a_run(now, runs)}, without payloads {_a_run(floor, runs)}"
    )
    for name, weight in heaviest.most_common(5):
        typer.echo(f"  {name}: {_a_run(weight, runs)}")
    typer.echo(f"as recorded {recorded / floor:.2f} times the floor")
    say_ratios("bytes of histories against empty payloads", [now / floor])


def _a_run(weight: int, runs: int) -> str:
    return f"{weight / runs / 1024:.1f} KiB a run"


def _write_as_now(events: Iterable[HistoryEvent]) -> Counter[str]:
    """Write the values anew; answers with the bytes of each, by what they are of."""
    functions, scheduled, weights = _activities(), dict[int, str](), Counter[str]()
    published: dict[str, Payload] = {}
    for event in events:
        if event.event_type == _ONLY_OURS:
            weights["search attributes"] += _publish_again(event, published)
        if event.HasField("workflow_execution_started_event_attributes"):
            started = event.workflow_execution_started_event_attributes
            weights["the state a run begins with"] += _again(started.input, CaseState)
        if event.HasField("activity_task_scheduled_event_attributes"):
            asked = event.activity_task_scheduled_event_attributes
            name = scheduled[event.event_id] = asked.activity_type.name
            hints = get_type_hints(functions[name])
            hints.pop("return")
            weights[f"asked of {name}"] += _again(asked.input, *hints.values())
        if event.HasField("activity_task_completed_event_attributes"):
            answer = event.activity_task_completed_event_attributes
            name = scheduled[answer.scheduled_event_id]
            hint = get_type_hints(functions[name])["return"]
            weights[f"answered by {name}"] += _again(answer.result, hint)
    return weights


def _publish_again(event: HistoryEvent, published: dict[str, Payload]) -> int:
    """Only what has changed, and the stage: as `workflows/desk/filters.py` does."""
    attributes = event.upsert_workflow_search_attributes_event_attributes.search_attributes
    for name, value in list(attributes.indexed_fields.items()):
        if name != COLLECTION_STAGE.name and published.get(name) == value:
            del attributes.indexed_fields[name]
        published[name] = Payload.FromString(value.SerializeToString())
    return attributes.ByteSize()


def _again(payloads: Payloads, *hints: Any) -> int:
    values = _VALUES.from_payloads(payloads.payloads, list(hints)) if payloads.payloads else []
    del payloads.payloads[:]
    payloads.payloads.extend(_VALUES.to_payloads(values))
    return payloads.ByteSize()


def _activities() -> dict[str, Any]:
    owners = {
        owner
        for module in pkgutil.iter_modules(activities.__path__)
        for _, owner in inspect.getmembers(
            importlib.import_module(f"activities.{module.name}"), inspect.isclass
        )
    }
    return {each.__name__: each for owner in owners for each in activities_of(owner)}


def _bare_bytes(event: HistoryEvent) -> int:
    if event.event_type == _ONLY_OURS:
        return 0
    if event.event_type not in _SENT_BY_OTHERS:
        _empty(event)
    return event.ByteSize()


def _empty(message: Message) -> None:
    """Take every payload out of a message."""
    for field, value in message.ListFields():
        kind = field.message_type
        if kind is None:
            continue
        if kind.full_name in _PAYLOADS or kind.GetOptions().map_entry:
            message.ClearField(field.name)
        elif isinstance(value, Message):
            _empty(value)


if __name__ == "__main__":
    typer.run(main)
