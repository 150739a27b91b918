"""The bench of others' work: what it counts, and the code that it shows."""

from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.peers.life import EXPECTED, LADDER, telephone
from benchmarks.peers.page import with_code_of_today
from benchmarks.peers.pieces import Piece, pieces
from benchmarks.peers.runs import kill_moments
from benchmarks.peers.world import Delivery, Faults, faults_of

NUMBER = telephone(7)


def _whole_life() -> list[Delivery]:
    return [
        Delivery(0, f"{template}-{n}", NUMBER, template, f"{template} {n}")
        for template, expected in EXPECTED.items()
        for n in range(expected)
    ]


def test_a_whole_life_has_no_fault() -> None:
    """Each contact once."""
    assert faults_of(_whole_life()) == Faults(lost=0, doubled=0)


def test_what_is_missing_is_lost() -> None:
    """Also where another of the same template was delivered."""
    life = [each for each in _whole_life() if each.text != "overdue_notice 1"]
    assert faults_of(life) == Faults(lost=1, doubled=0)


def test_what_comes_again_is_doubled() -> None:
    """And makes up for nothing that is missing."""
    life = [each for each in _whole_life() if each.text != "overdue_notice 1"]
    assert faults_of([*life, life[0]]) == Faults(lost=1, doubled=1)


def test_a_contact_too_many_is_doubled() -> None:
    """A second appointment, say, with another text."""
    life = [*_whole_life(), Delivery(0, "x", NUMBER, "visit_appointment", "another time")]
    assert faults_of(life) == Faults(lost=0, doubled=1)


def test_every_side_is_killed_at_the_same_moments() -> None:
    """Seeded, in order, and a worker has its least life in between."""
    moments = kill_moments(1, 10, 48)
    assert moments == kill_moments(1, 10, 48)
    assert all(later >= earlier + 25 for earlier, later in pairwise(moments))


def test_the_ladder_is_made_on_days_of_its_own() -> None:
    """The gate of the product allows one message a day."""
    assert len({rung.day for rung in LADDER}) == len(LADDER)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('def f() -> None:\n    """Says it."""\n\n    # why\n    g(\n        1\n    )\n', 4),
        ('SQL = """\n    SELECT 1\n"""\n', 3),
    ],
)
def test_lines_are_counted_without_words(text: str, lines: int) -> None:
    """Docstrings, comments and blank lines are none; a statement of SQL is."""
    assert Piece("x.py", text).lines == lines


def test_each_side_shows_its_code() -> None:
    """A function of the product that has gone is missed here."""
    assert {side: bool(found) for side, found in pieces().items()} == dict.fromkeys(
        ["this product", "cron, state column", "DBOS", "Restate"], True
    )


def test_the_page_shows_the_code_of_today(repository: Path) -> None:
    """If not: `make docs`."""
    page = (repository / "docs/peers.md").read_text("utf-8")
    assert page == with_code_of_today(page)
