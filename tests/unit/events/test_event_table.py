"""The tables of events are complete, or they do not load; the documentation shows what they say."""

import runpy
from pathlib import Path
from types import ModuleType
from typing import ClassVar, NamedTuple

import pytest

from database.event_effects import table as effect_table
from domain.case.events import table as event_table
from domain.case.events.document import render
from domain.case.events.table import EVENT_TABLE
from domain.events import EVENTS, Event
from domain.events.tables import EventTableError, one_row_each

DOCUMENT = Path(__file__).parents[3] / "docs" / "event-table.md"


class RoofRepaired(Event):
    """No event of the contract."""

    name: ClassVar[str] = "roof_repaired"


class _Row(NamedTuple):
    event: type[Event]


def test_document_says_what_the_table_says() -> None:
    """`make docs` writes it anew when the table has changed."""
    assert DOCUMENT.read_text(encoding="utf-8") == render()


def test_event_without_a_row_is_named() -> None:
    """And so are a row that no event needs, and a second one."""
    rows = [_Row(kind) for kind in EVENTS.values()]
    assert one_row_each("here", rows).keys() == EVENTS.keys()
    wrong = [row for row in rows if row.event.name != "hold_placed"]
    wrong += [_Row(EVENTS["case_closed"]), _Row(RoofRepaired)]
    with pytest.raises(EventTableError) as found:
        one_row_each("here", wrong)
    assert str(found.value) == (
        "here: no row for hold_placed; a row for what is no event: roof_repaired;"
        " more than one row for case_closed"
    )


@pytest.mark.parametrize("module", [event_table, effect_table])
def test_tables_load_only_when_complete(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType
) -> None:
    """An event of the contract that nobody has written a row for stops the service at its start."""
    monkeypatch.setitem(EVENTS, RoofRepaired.name, RoofRepaired)
    with pytest.raises(EventTableError, match=r"^the table of .*: no row for roof_repaired$"):
        runpy.run_path(str(module.__file__))


def test_synopsis_names_every_field() -> None:
    """For who fills a body in by hand: what is needed, and what may be left out."""
    assert EVENT_TABLE["hold_placed"].synopsis == (
        "The borrower is to be left in peace, until a time or until the hold is released."
        " JSON object with event_id, occurred_at, source, hold_id, reason; optional: until."
    )
