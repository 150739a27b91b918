"""The schemas of events: published as the code has them, and never stricter than they were."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.events import EVENTS, read_event
from door.contract.examples import example_of
from door.contract.schemas import documents
from tests.support.door.compatibility import breaking_changes

# What a law asks for since: a sender of the last release is refused, and told what is missing.
ASKED_FOR_BY_LAW = {"agreement_signed": ["costs_confirmed_at: is asked for now"]}  # CN-27
RELEASED = Path(__file__).with_name("released_schemas.json")  # of the last release


@pytest.fixture(scope="module")
def released() -> dict[str, Any]:
    """The schemas that other systems were built against."""
    found: dict[str, Any] = json.loads(RELEASED.read_text("utf-8"))
    return found


def test_published_schemas_are_those_of_the_code(repository: Path) -> None:
    """`make docs` writes them."""
    folder = repository / "docs/schemas"
    published = {
        str(file.relative_to(folder)): file.read_text("utf-8") for file in folder.rglob("*.json")
    }
    assert published == documents()


@pytest.mark.parametrize("name", EVENTS)
def test_who_sends_what_was_released_is_still_understood(
    released: dict[str, Any], name: str
) -> None:
    """A new field is optional, but by law; no choice is taken away, no field changes kind."""
    if name in released:
        found = breaking_changes(released[name], json.loads(documents()[f"{name}.json"]))
        assert found == ASKED_FOR_BY_LAW.get(name, [])


def test_no_event_is_taken_away(released: dict[str, Any]) -> None:
    """Somebody sends it."""
    assert released.keys() <= EVENTS.keys()


@pytest.mark.parametrize("name", EVENTS)
def test_the_example_is_an_event_of_the_contract(name: str) -> None:
    """As the door gives it on, its source set."""
    assert read_event(name, example_of(name) | {"source": "bank"}).event_id


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"required": ["a", "b"]}, ["b: is asked for now"]),
        ({"properties": {"a": {"enum": ["x"]}}}, ["a: enum"]),
        ({"properties": {"a": {"enum": ["x", "y"], "maxLength": 5}}}, ["a: maxLength"]),
        ({"properties": {}}, ["a: is gone"]),
        ({"properties": {"a": {"enum": ["x", "y", "z"]}, "c": {}}}, []),
    ],
)
def test_what_breaks_a_sender_is_found(change: dict[str, Any], found: list[str]) -> None:
    """And what does not is let be."""
    old = {"required": ["a"], "properties": {"a": {"enum": ["x", "y"]}}}
    assert breaking_changes(old, old | change) == found
