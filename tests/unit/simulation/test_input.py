"""Bad input is refused in words, by file and field."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import ops
from runtime.settings import CHINA_POLICY
from simulation.world.behaviours import SHIPPED, BehaviourError, read_behaviours
from simulation.world.book import Book, BookError, read_book

POLICY = str(CHINA_POLICY)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("share: 0.7", "share: 0.6", "the shares add up to 0.9, not to 1"),
        ("share: 0.7", "share: 7", "borrowers.forgetful.share"),
        ("connected: 0.6", "connected: 1.5", "borrowers.forgetful.calls.connected"),
        ("days: [1, 12]", "days: [12, 1]", "days: [12, 1] ends before it begins"),
        ("promises: 0.3,", "promises: 0.9,", "after_call: add up to 1.42, more than 1"),
        ("misses_instalment: 0.02", "misses: 0.02", "misses: is not a name that is known here"),
        ("about: made up", "about: [", "not YAML"),
    ],
)
def test_wrong_behaviours_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    """The field, and what is wrong with it."""
    file = tmp_path / "b.yaml"
    file.write_text(SHIPPED.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BehaviourError) as error:
        read_behaviours(file)
    assert said in str(error.value)
    assert str(file) in str(error.value)


def test_shipped_behaviours_are_right() -> None:
    """Both of them."""
    assert read_behaviours().borrowers
    assert read_behaviours(SHIPPED.with_name("silent.yaml")).borrowers


def test_a_tape_without_loans_is_refused(tmp_path: Path, book: Book) -> None:
    """As is one that is not there."""
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    for file, said in ((empty, "empty"), (tmp_path / "none.csv", "cannot be read")):
        with pytest.raises(BookError, match=said):
            read_book(file, book.begins, "CN")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "name one POLICY, or two with --compare A B"),
        ([POLICY, "--compare", POLICY, POLICY], "name one POLICY"),
        ([POLICY, "--begin", "soon"], "--begin soon: must be a day"),
        ([POLICY, "--book", "/no/such.csv"], "/no/such.csv: cannot be read"),
        ([POLICY, "--behaviours", "/no/such.yaml"], "/no/such.yaml: cannot be read"),
        (["/no/such.yaml"], "/no/such.yaml"),
        ([POLICY, "--loans", "0"], "--loans"),
    ],
)
def test_the_command_says_what_is_wrong(given: list[str], said: str) -> None:
    """In one line, and ends with 2."""
    answer = CliRunner().invoke(ops.app, ["simulate", *given])
    assert answer.exit_code == 2
    assert said in answer.output
    assert "Traceback" not in answer.output


def test_the_command_writes_tables_and_pictures(tmp_path: Path) -> None:
    """From the shipped tape, under the shipped policy."""
    given = ["simulate", POLICY, "--loans", "60", "--days", "60", "--out", str(tmp_path)]
    answer = CliRunner().invoke(ops.app, [*given, "--processes", "1"])
    assert answer.exit_code == 0, answer.output
    assert "Roll rates" in answer.output
    written = {file.name for file in tmp_path.iterdir()}
    assert {"roll_rates.csv", "contacts_by_hour.svg", "refusals.csv", "visits.csv"} <= written
