"""`ops.py send`: what is wrong with the event is said before anything is sent."""

import pytest

from commands.command_line import exit_code_of
from commands.ops.send import send


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"event_id": "a", "event_id": "b"}', "JSON: event_id: is given twice"),
        ("[]", "JSON: must be one object, {…}"),
        (
            '{"event_id": "x1"',
            "JSON: the body is not JSON: Expecting ',' delimiter at character 18",
        ),
        (
            '{"a": 1,\n "b": }',
            "JSON: the body is not JSON: Expecting value at line 2, character 7",
        ),
        ("", "JSON: the body is not JSON: it is empty"),
        ("NaN", "JSON: the body is not JSON: NaN is no number"),
        ('{"a', "JSON: the body is not JSON: Unterminated string starting at character 2"),
    ],
)
def test_what_is_no_event_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], body: str, words: str
) -> None:
    """Of two values nobody can know which was meant."""
    assert exit_code_of(send("L-1", "payment_received", body)) == 2
    assert capsys.readouterr().err == f"{words}\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("visit_request", "NAME: no event is called visit_request; did you mean visit_requested?"),
        ("zzz", "NAME: no event is called zzz; there are: payment_received, "),
    ],
)
def test_a_misspelt_event_is_told_from_an_unknown_one(
    capsys: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    """The one that is meant, or all that there are."""
    assert exit_code_of(send("L-1", name, "{}")) == 2
    assert capsys.readouterr().err.startswith(words)
