"""What the demo's systems may send and are told: no more than they need, and all of it answered."""

from collections.abc import Coroutine
from typing import Any
from unittest.mock import Mock

import pytest

from demo.actors.desks import Colleagues, Desks
from demo.stories.acts import Habit
from demo.stories.person import Person
from demo.systems.directory import CALL_CENTRE, CALL_PLATFORM, HOTLINE, SYSTEMS, System
from demo.systems.news_receiver import News
from domain.case.facts import Outcome
from domain.events import EVENTS
from door.acceptance import NAMES_STAFF
from door.contract.news import is_wanted_type

TELEPHONE = {CALL_PLATFORM, CALL_CENTRE, HOTLINE}
PERSON = Person("L-1", "B-1", "P-1", "+86", "A-1", 0, Habit("a habit", Outcome.CURED))


def test_the_telephone_speaks_by_signals() -> None:
    """It has no credential; everybody else has one of their own."""
    names = [system.name for system in SYSTEMS]
    assert len(names) == len(set(names))
    assert not TELEPHONE & set(names)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_staff_is_named_by_who_has_to(system: System) -> None:
    """A credential that may name staff sends an event that has such a field."""
    names = {field for event in system.sends for field in EVENTS[event].model_fields}
    assert not system.may_name_staff or names & set(NAMES_STAFF)


def test_everything_that_is_told_is_answered() -> None:
    """Each system that is told news takes each type that it asked for."""
    taken: list[str] = []

    def spawn(work: Coroutine[Any, Any, None]) -> None:
        work.close()
        taken.append("")

    colleagues = Colleagues(*(Mock() for _ in Colleagues._fields))
    take = Desks({"L-1": PERSON}, {}, colleagues, Mock(), spawn).take
    assert set(take) == {system.name for system in SYSTEMS if system.is_told}
    told = [(system.name, each) for system in SYSTEMS for each in system.is_told]
    for name, each in told:
        assert is_wanted_type(each)
        take[name](News(each, "L-1", {}))
    assert len(taken) == len(told)
