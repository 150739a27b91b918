"""Tables with one row an event: complete, or they do not load."""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol, TypeVar

from domain.events.fields import Event
from domain.events.reading import EVENTS


class EventTableError(TypeError):
    """A table lacks the row of an event, or has one that no event needs."""


class Row(Protocol):
    """What a table says of one event."""

    @property
    def event(self) -> type[Event]: ...


RowT = TypeVar("RowT", bound=Row)


def one_row_each(table: str, rows: Iterable[RowT]) -> dict[str, RowT]:
    """The rows by the names of their events, in their order.

    Raises:
        EventTableError: unless there is one row for each event of the contract, and no other.
    """
    rows = list(rows)
    count = Counter(row.event.name for row in rows)
    problems = {
        "no row for": EVENTS.keys() - count.keys(),
        "a row for what is no event:": count.keys() - EVENTS.keys(),
        "more than one row for": {name for name, times in count.items() if times > 1},
    }
    if any(problems.values()):
        found = (f"{what} {', '.join(sorted(names))}" for what, names in problems.items() if names)
        raise EventTableError(f"{table}: {'; '.join(found)}")
    return {row.event.name: row for row in rows}
