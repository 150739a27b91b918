"""Every event of the table as a declared signal: the UI offers what is declared, by its name."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from temporalio import workflow

from domain.case.events.table import EVENT_TABLE


class TakesEvents(Protocol):
    """A workflow that takes events of any name and any shape."""

    def take_in(self, name: str, bodies: Sequence[object]) -> object: ...


WorkflowT = TypeVar("WorkflowT", bound=type[TakesEvents])


def declare_signals(cls: WorkflowT) -> WorkflowT:
    """Give a workflow class a signal for each event. Stands below `workflow.defn`."""
    for name, row in EVENT_TABLE.items():
        setattr(cls, name, _signal(name, row.synopsis))
    return cls


def _signal(name: str, description: str) -> Callable[..., None]:
    """A handler that takes any arguments, and none: one that does not fit would stop the run."""

    @workflow.signal(name=name, description=description)
    def take_in(self: TakesEvents, *bodies: object) -> None:
        self.take_in(name, bodies)

    take_in.__name__ = name
    return take_in
