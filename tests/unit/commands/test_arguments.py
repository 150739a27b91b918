"""What is typed and can mean nothing is refused before a command runs, in one way for all."""

import pytest
from typer.testing import CliRunner

import ops


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["send", "L-1", "payment_received", '{"note": "\udcff"}'], "an argument is not UTF-8"),
        (["why", "L-\udcff"], "an argument is not UTF-8"),
        (["capacity", "--days-open", "inf"], "Invalid value for '--days-open': must be a finite"),
        (["capacity", "--write-ms", "nan"], "Invalid value for '--write-ms': must be greater"),
    ],
)
def test_what_means_nothing_is_no_answer(words: list[str], reason: str) -> None:
    """1 would be one: of `send`, that the event was refused."""
    result = CliRunner().invoke(ops.app, words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr


@pytest.mark.parametrize("option", ["--days-open", "--kept-years", "--contacts-a-day"])
def test_any_finite_number_has_an_answer(option: str) -> None:
    """However absurd."""
    result = CliRunner().invoke(ops.app, ["capacity", option, "1e300"])
    assert result.exit_code in {0, 2}, result.exception
