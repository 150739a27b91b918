"""The capacity model multiplies, and its page shows what it says."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ops
from simulation.capacity.measured import CONTACT, EVENT, FIGURES, START, WORKS
from simulation.capacity.model import Book, capacity_for, shards_for
from simulation.capacity.words import ASSUMPTIONS, ROWS

SMALL = Book(
    open_loans=1000,
    days_open=10,
    contacts_a_day=0.5,
    events_a_contact=0.2,
    other_actions=1,
    peak_share=0.25,
    scan_hours=2,
)


def test_a_small_book_by_hand() -> None:
    """100 cases are opened a day, 500 contacts made, 100 events taken in."""
    found = capacity_for(SMALL)
    assert (found.starts_a_day, found.contacts_a_day, found.events_a_day) == (100, 500, 100)
    of_a_day = 100 * START.actions + 500 * (CONTACT.actions + 1) + 100 * EVENT.actions
    assert found.actions_a_day == pytest.approx(of_a_day)
    assert found.actions_of_a_life == pytest.approx(of_a_day / 100)
    assert found.actions_a_month == pytest.approx(30 * of_a_day)
    in_the_hour = 50 * START.actions + 0.25 * (500 * (CONTACT.actions + 1) + 100 * EVENT.actions)
    assert found.peak_actions_a_second == pytest.approx(in_the_hour / 3600)
    kib = 100 * START.our_kib + 500 * CONTACT.our_kib + 100 * EVENT.our_kib
    assert found.our_gb_a_year == pytest.approx(kib * 365 * 1024 / 1e9)


def test_one_worker_may_always_be_away() -> None:
    """However few loans there are."""
    assert capacity_for(Book(open_loans=1)).workers == 2


def test_ten_times_the_loans_are_ten_times_the_work() -> None:
    """Nothing that is counted grows faster, and nothing slower."""
    few, many = (capacity_for(Book(open_loans=loans)) for loans in (1_000_000, 10_000_000))
    for name in ("actions_a_day", "worker_processors", "our_gb_a_year", "temporal_open_gb"):
        assert getattr(many, name) == pytest.approx(10 * getattr(few, name)), name
    assert many.actions_of_a_life == pytest.approx(few.actions_of_a_life)


@pytest.mark.parametrize(
    ("loans", "writes", "write_ms", "shards"),
    [
        (1, 0, 10, 512),  # never fewer
        (20_000 * 512, 0, 10, 512),
        (20_000 * 512 + 1, 0, 10, 1024),  # for the loans
        (1, 10_240, 10, 1024),  # for the writes: a hundred at a time, each shard busy a tenth
        (1, 10_241, 10, 2048),
        (10**12, 0, 10, 16_384),  # never more
    ],
)
def test_shards_are_enough_for_loans_and_writes(
    loans: int, writes: float, write_ms: float, shards: int
) -> None:
    """A power of two, at and above each threshold."""
    assert shards_for(loans, writes, write_ms) == shards


def test_a_price_is_given_and_never_assumed() -> None:
    """Without one there is none."""
    assert capacity_for(SMALL).actions_price_a_month is None
    priced = capacity_for(SMALL.model_copy(update={"price_a_million": 25}))
    assert priced.actions_price_a_month == pytest.approx(priced.actions_a_month / 1e6 * 25)


def test_the_command_answers_in_json() -> None:
    """With what was asked, what follows, what it was measured by and what is assumed."""
    answer = CliRunner().invoke(ops.app, ["capacity", "--open-loans", "1000", "--json"])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    assert said["asked"]["open_loans"] == 1000
    assert said["capacity"] == capacity_for(Book(open_loans=1000)).model_dump()
    assert len(said["measured"]["of_each"]) == len(WORKS)
    assert all(each["measured_by"] for each in said["measured"]["others"])
    assert said["assumptions"] == list(ASSUMPTIONS)


def test_the_command_refuses_what_cannot_be() -> None:
    """By the option's name."""
    answer = CliRunner().invoke(ops.app, ["capacity", "--open-loans", "0"])
    assert answer.exit_code == 2
    assert "--open-loans" in answer.output


def test_every_result_has_words() -> None:
    """None is computed and not shown."""
    assert ROWS.keys() == capacity_for(SMALL).model_dump().keys()


def test_the_page_shows_what_the_command_says(repository: Path) -> None:
    """Its example, its measured figures and its assumptions are those of today."""
    page = (repository / "docs" / "capacity.md").read_text(encoding="utf-8")
    answer = CliRunner().invoke(ops.app, ["capacity"])
    rows = [line for line in answer.output.splitlines() if line.startswith("│")]
    assert rows
    assert [row for row in rows if row not in page] == []
    flowing = " ".join(page.split())
    assert [each for each in ASSUMPTIONS if each not in flowing] == []
    figures = [f"| {figure.name} | {figure.value:g} {figure.unit} |" for figure in FIGURES]
    works = [f"| {name} | {' | '.join(f'{cost:g}' for cost in costs)} |" for name, *costs in WORKS]
    assert [each for each in figures + works if each not in page] == []
