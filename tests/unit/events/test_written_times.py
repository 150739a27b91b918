"""How events write times, ids and what they say beside: one form a field, in every field."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.events import (
    AgreementSigned,
    UnreadableEventError,
    VisitApproved,
    read_event,
    read_event_on_record,
    read_json,
)
from tests.support.judged import BODIES
from tests.support.world import event

NOW = datetime(2026, 4, 20, 4, tzinfo=UTC)
WISHED = {"start": "18:00", "end": "20:00"}


def _reason(name: str, **changes: Any) -> str:
    with pytest.raises(UnreadableEventError) as refused:
        read_event(name, event(NOW, event_id="e", **BODIES[name] | changes))
    return str(refused.value)


@pytest.mark.parametrize(
    "written",
    ["20270101", "202701011200", "1798761600", "1798761600000", "1.8e9", "-5", "2027-01-01",
     "2027-01-01 12:00:00Z", "2027-01-01T12:00Z", "2027-W01-1T12:00:00Z", " 2027-01-01T12:00:00Z",
     "２０２７-01-01T12:00:00Z"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("payment_reversed", "occurred_at"),
        ("hold_placed", "until"),
        ("visit_rejected", "occurred_at"),
    ],
)
def test_time_is_written_by_rfc_3339(name: str, field: str, written: str) -> None:
    """Digits are no time: another system's day would be read as seconds since 1970."""
    assert _reason(name, **{field: written}).startswith(f"{field}: ")


@pytest.mark.parametrize("written", ["20270101", "1798761600", "2027-01-01T00:00:00", "2027-1-1"])
def test_day_is_written_in_one_way(written: str) -> None:
    """Also in the midst of a proposal."""
    assert _reason("promise_made", due_on=written).startswith("due_on: ")
    proposal = {"instalments": 2, "first_due_on": written}
    found = _reason("visit_reported", outcome="agreed", proposal=proposal)
    assert found.startswith("proposal.first_due_on: ")


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"start": "64800"}, "start"), ({"end": "72000"}, "end"), ({"until": "20270101"}, "until")],
)
def test_agreed_hours_are_written_as_hours(wish: dict[str, str], field: str) -> None:
    """And their end as a time."""
    reason = _reason("contact_preferences_changed", agreed_hours=[WISHED | wish])
    assert f"agreed_hours.0.{field}: must be" in reason


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("2027-02-30T10:00:00+08:00", "day"),
        ("2027-13-01T10:00:00Z", "day"),
        ("0000-01-01T10:00:00Z", "day"),
        ("2026-12-24T25:00:00+08:00", "hour"),
        ("2026-12-24T10:60:00Z", "minute"),
        ("2026-12-24T10:00:60Z", "second"),
        ("2026-12-24T10:00:00+25:00", "time zone"),
    ],
)
def test_what_no_calendar_or_clock_has_is_named(written: str, part: str) -> None:
    """In our words, and those of the form that is asked for."""
    such = f"such as 2026-11-24T10:00:00+08:00 (there is no such {part})"
    assert _reason("hold_placed", until=written) == f"until: must be a time by RFC 3339, {such}"


def test_day_and_hour_that_are_not_there_are_named_in_every_field() -> None:
    """As in a time."""
    reason = _reason("promise_made", due_on="2027-02-30")
    assert reason == "due_on: must be a day, such as 2026-08-01 (there is no such day)"
    reason = _reason("contact_preferences_changed", agreed_hours=[WISHED | {"end": "25:00"}])
    assert reason.endswith("end: must be a time of day, such as 18:00 (there is no such hour)")


def test_preferred_times_are_times() -> None:
    """Each of the list."""
    reason = _reason("appointment_declined", preferred_times=["20270101"])
    assert reason.startswith("preferred_times.0: must be a time by RFC 3339")


@pytest.mark.parametrize("name", ["visit_approved", "visit_rejected"])
def test_decision_names_its_visit(name: str) -> None:
    """Required of every new one, and said with the other fields that are missing."""
    body = event(NOW, event_id="e")
    with pytest.raises(UnreadableEventError, match=r"visit_id: .*approver_id: "):
        read_event(name, body)


def test_what_is_on_record_is_read_as_it_was_taken() -> None:
    """A run of before took a decision without its visit, and times that were digits."""
    body = event(NOW, event_id="e", approver_id="A", currency=7) | {"occurred_at": "1798761600"}
    read = read_event_on_record("visit_approved", body)
    assert isinstance(read, VisitApproved)
    assert (read.visit_id, read.currency) == (None, None)


def test_what_no_release_took_is_told_with_all_that_is_wrong_today() -> None:
    """Whoever mends one field is not refused for the next one."""
    body = event(NOW, event_id="e", payment_id="P", amount_minor="much")
    with pytest.raises(UnreadableEventError, match=r"occurred_at: .*amount_minor: "):
        read_event_on_record("payment_received", body | {"occurred_at": "1798761600"})


def test_fingerprint_may_be_written_in_capitals() -> None:
    """It is kept in lower case, as documents have it."""
    body = BODIES["agreement_signed"] | {"document_sha256": "AB" * 32}
    read = read_event("agreement_signed", event(NOW, event_id="e", **body))
    assert isinstance(read, AgreementSigned)
    assert read.document_sha256 == "ab" * 32


@pytest.mark.parametrize(
    "data",
    [b'{"amount_minor": 1, "amount_minor": 7}', b'{"a": {"amount_minor": 1, "amount_minor": 1}}'],
)
def test_name_that_is_given_twice_is_refused(data: bytes) -> None:
    """Which of the two was meant cannot be known, however deep it stands."""
    with pytest.raises(UnreadableEventError, match="amount_minor: is given twice"):
        read_json(data)


@pytest.mark.parametrize(
    ("field", "wrong"), [("currency", "yuan"), ("loan_id", ""), ("amount_minor", 0.5)]
)
def test_what_is_said_beside_is_read_strictly(field: str, wrong: object) -> None:
    """A field that names what would be recorded is no unknown extra."""
    assert _reason("payment_reversed", **{field: wrong}).startswith(f"{field}: ")
