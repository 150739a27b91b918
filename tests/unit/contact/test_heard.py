"""Of the words on record, those that were said."""

import pytest

from domain.contact.heard import Heard, what_was_said


@pytest.mark.parametrize(
    ("status", "outcome", "identity_confirmed", "said"),
    [
        ("sent", "no_answer", False, Heard.NOTHING),
        ("sent", "busy", False, Heard.NOTHING),
        ("sent", "invalid_number", False, Heard.NOTHING),
        ("failed", "the provider is closed", False, Heard.NOTHING),
        ("sent", "wrong_person", False, Heard.AFTER_NO),
        ("sent", "connected", True, Heard.AFTER_YES),
        ("unknown", "connected", True, Heard.AFTER_YES),  # its report came all the same
        ("sent", "connected", False, Heard.BEGUN),  # by a receipt, which knows no more
        ("sent", "refused", False, Heard.BEGUN),
        ("sent", "refused", True, Heard.BEGUN),
        ("sent", None, False, Heard.UNKNOWN),
        ("reserved", None, False, Heard.UNKNOWN),
        ("unknown", "nobody can tell", False, Heard.UNKNOWN),
    ],
)
def test_call_says_what_its_outcome_tells(
    status: str, outcome: str | None, identity_confirmed: bool, said: Heard
) -> None:
    """Of a debt only where it is certain that the borrower has answered."""
    heard = what_was_said(
        "call", "overdue_call", status, outcome, None, identity_confirmed=identity_confirmed
    )
    assert heard is said


@pytest.mark.parametrize("outcome", ["connected", "wrong_person", "refused"])
def test_call_that_asks_nobody_says_its_text(outcome: str) -> None:
    """To a contact person there are no parts."""
    heard = what_was_said("call", "locate_call", "sent", outcome, None, identity_confirmed=False)
    assert heard is Heard.TEXT


@pytest.mark.parametrize(
    ("status", "delivery", "said"),
    [
        ("sent", None, Heard.TEXT),
        ("sent", "delivered", Heard.TEXT),
        ("sent", "undelivered", Heard.NOTHING),
        ("failed", None, Heard.NOTHING),
        ("reserved", None, Heard.UNKNOWN),
        ("unknown", None, Heard.UNKNOWN),
    ],
)
def test_message_is_said_where_it_was_sent(status: str, delivery: str | None, said: Heard) -> None:
    """One that failed, or never arrived, told nobody anything."""
    heard = what_was_said("sms", "overdue_notice", status, None, delivery, identity_confirmed=False)
    assert heard is said


def test_call_that_could_not_be_put_through_says_nothing() -> None:
    """Also where only its receipt says so."""
    heard = what_was_said(
        "call", "overdue_call", "sent", None, "undelivered", identity_confirmed=False
    )
    assert heard is Heard.NOTHING
