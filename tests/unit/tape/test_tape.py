"""What a row of a tape means: its days, what is overdue, its status, what has changed."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tape.facts import FACTS, differing_facts
from domain.tape.row import due_date, midnight
from tests.support.tapes.rows import row


def test_month_ends_are_cut_from_the_original_day() -> None:
    """After a short February the schedule returns to the 31st."""
    dates = row(first_due_on="2018-01-31", term_months="5").due_dates()
    assert [str(day) for day in dates] == [
        "2018-01-31", "2018-02-28", "2018-03-31", "2018-04-30", "2018-05-31",
    ]  # fmt: skip


@given(st.dates(date(1970, 1, 1), date(2100, 12, 31)), st.integers(0, 599))
def test_each_instalment_falls_in_its_own_month(first: date, later: int) -> None:
    """The month counts on without a gap; the day is the original one or the month's last."""
    day = due_date(first, later)
    assert day.year * 12 + day.month == first.year * 12 + first.month + later
    assert day.day == min(first.day, monthrange(day.year, day.month)[1])


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.dates(date(1970, 1, 1)))
def test_a_shift_moves_every_date_by_the_same_days(first: date, to: date) -> None:
    """The distance of each due date to the tape's day stays."""
    shifted = row(first_due_on=str(first), as_of=str(first))
    shift = shifted.shift_to(min(to, date(2100, 1, 1)))
    for old, new in zip(shifted.due_dates(), shifted.due_dates(shift), strict=True):
        assert new - old == shift
    assert shifted.as_of + shift == min(to, date(2100, 1, 1))


def test_without_a_day_to_move_to_nothing_moves() -> None:
    """No shift is a shift by nothing."""
    assert row().shift_to(None) == timedelta(0)


@given(st.integers(1, 10**15))
def test_tolerance_is_the_largest_amount_under_five_percent(installment: int) -> None:
    """Exactly 5 % of an instalment is arrears; one unit less is not."""
    tolerance = row(installment_minor=installment, principal_minor=installment).tolerance_minor
    assert tolerance * 100 < installment * 5 <= (tolerance + 1) * 100


@pytest.mark.parametrize(
    ("paid", "days"),
    [
        (0, 136),  # nothing paid: 15 February counts
        (104_499, 136),  # 5,501 short of the first
        (104_500, 136),  # exactly 5 % short
        (104_501, 108),  # under 5 % short
        (110_000, 108),
        (544_500, 16),  # 15 June counts
        (544_501, 0),  # all five covered but for the rounding
        (1_320_000, 0),
    ],
)
def test_days_past_due_follow_the_oldest_uncovered_instalment(paid: int, days: int) -> None:
    """Around each threshold, as of 1 July."""
    assert row(paid_minor=paid).days_past_due() == days


@pytest.mark.parametrize(
    ("as_of", "days"), [("2018-02-14", 0), ("2018-02-15", 0), ("2018-02-16", 1)]
)
def test_an_instalment_is_overdue_from_the_day_after(as_of: str, days: int) -> None:
    """On the due date itself nothing is overdue."""
    assert row(as_of=as_of).days_past_due() == days


def test_a_fully_covered_schedule_has_no_oldest_instalment() -> None:
    """Nothing is left to become overdue."""
    assert row(paid_minor=1_320_000).oldest_unpaid_due_on() is None


@pytest.mark.parametrize(
    ("reported", "status"),
    [
        ("Fully Paid", "settled"),
        ("FULLY PAID", "settled"),
        ("Charged Off", "written_off"),
        ("Current", "active"),
        ("Late (16-30 days)", "active"),
        ("", "active"),
    ],
)
def test_the_reported_status_closes_a_loan(reported: str, status: str) -> None:
    """Only what is paid or given up comes in closed."""
    assert row(reported_status=reported).status == status


@pytest.mark.parametrize(
    ("reported", "paid", "words"),
    [
        ("Current", 0, "reported Current, but 136 days past due by the schedule"),
        ("Fully Paid", 0, "reported Fully Paid, but 136 days past due by the schedule"),
        ("Late (31-120 days)", 550_000,
         "reported Late (31-120 days), but nothing is overdue by the schedule"),
        ("In Grace Period", 550_000,
         "reported In Grace Period, but nothing is overdue by the schedule"),
        ("Current", 550_000, None),
        ("Late (31-120 days)", 0, None),
        ("Charged Off", 0, None),
        ("Charged Off", 550_000, None),
        ("", 0, None),
    ],
)  # fmt: skip
def test_a_contradiction_of_status_and_schedule_is_put_in_words(
    reported: str, paid: int, words: str | None
) -> None:
    """Both directions are told, agreement is not."""
    assert row(reported_status=reported, paid_minor=paid).disagreement() == words


def test_the_opening_balance_is_received_at_the_borrowers_midnight() -> None:
    """Midnight of the tape's day where the borrower lives."""
    at = midnight(date(2018, 7, 1), "Asia/Shanghai")
    assert at == datetime(2018, 6, 30, 16, tzinfo=UTC)


def test_each_differing_fact_is_named() -> None:
    """Old and new value are both said; the tape's own day is no fact of the loan."""
    old = row()
    kept = {name: getattr(old, name) for name in FACTS}
    kept |= {"due_dates": old.due_dates(), "was_erased": False}
    assert differing_facts(row(as_of="2018-07-02"), kept, timedelta(0)) == []
    changed = row(paid_minor="5", first_due_on="2018-02-16")
    moved = "2018-02-15 is kept as the due date of instalment 1, the tape says 2018-02-16"
    assert differing_facts(changed, kept, timedelta(0)) == [
        ("paid_minor", "0 is kept, the tape says 5"),
        ("first_due_on", moved),
    ]
