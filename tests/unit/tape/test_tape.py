"""The rows of a loan tape: what is believed, what is refused with which words, what it means."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.contact.facts import Relation
from domain.tape.borrower_profile import (
    BorrowerProfile,
    differing_fields,
    made_up_number,
    profile_of,
)
from domain.tape.facts import FACTS, differing_facts
from domain.tape.row import TapeRow, due_date, opening_received_at, parse_row

ROW = {
    "loan_id": "L-1",
    "borrower_id": "B-00001",
    "lender": "a-lender",
    "currency": "CNY",
    "principal_minor": "1200000",
    "annual_rate_percent": "14.07",
    "term_months": "12",
    "installment_minor": "110000",
    "first_due_on": "2018-02-15",
    "paid_minor": "0",
    "as_of": "2018-07-01",
    "region": "NJ",
    "annual_income_minor": "9000000",
    "purpose": "moving",
    "reported_status": "Current",
}
NOT_EMPTY = sorted(
    set(ROW) - {"region", "annual_income_minor", "purpose", "reported_status"},
)


def row(**changes: Any) -> TapeRow:
    parsed = parse_row(ROW | changes)
    assert isinstance(parsed, TapeRow), parsed
    return parsed


def problems(**changes: Any) -> dict[str, str]:
    parsed = parse_row(ROW | changes)
    assert isinstance(parsed, list), parsed
    return {problem.field: problem.reason for problem in parsed}


def test_a_good_row_is_read() -> None:
    """Text becomes whole minor units, exact rates and dates."""
    good = row()
    assert good.principal_minor == 1_200_000
    assert good.annual_rate_percent == Decimal("14.07")
    assert good.first_due_on == date(2018, 2, 15)


def test_json_values_are_read_as_text_is() -> None:
    """Numbers of JSON mean what the same digits in CSV mean."""
    assert row(principal_minor=1_200_000, annual_rate_percent=Decimal("14.07")) == row()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("principal_minor", "12.50", "must be a whole number of minor units, not '12.50'"),
        ("principal_minor", "1e5", "must be a whole number of minor units, not '1e5'"),
        ("principal_minor", Decimal("12.5"), "must be a whole number of minor units, not '12.5'"),
        ("principal_minor", "1,000", "must be a whole number of minor units, not '1,000'"),
        ("principal_minor", "١٢", "must be a whole number of minor units, not '١٢'"),
        ("principal_minor", "-5", "must be at least 1, not '-5'"),
        ("principal_minor", "9" * 19,
         "must be at most 1000000000000000, not '9999999999999999999'"),
        ("installment_minor", "0", "must be at least 1, not '0'"),
        ("paid_minor", "-1", "must be at least 0, not '-1'"),
        ("annual_income_minor", "-1", "must be at least 0, not '-1'"),
        ("annual_income_minor", "n/a", "must be a whole number of minor units, not 'n/a'"),
        ("term_months", "0", "must be at least 1, not '0'"),
        ("term_months", "100000", "must be at most 600, not '100000'"),
        ("term_months", "36 months", "must be a whole number of months, not '36 months'"),
        ("annual_rate_percent", "-1",
         "must be a percentage from 0 to 999.9999 with at most 4 decimals, not '-1'"),
        ("annual_rate_percent", "NaN",
         "must be a percentage from 0 to 999.9999 with at most 4 decimals, not 'NaN'"),
        ("currency", "usd", "must be three capital letters (ISO 4217), not 'usd'"),
        ("currency", "US$", "must be three capital letters (ISO 4217), not 'US$'"),
        ("first_due_on", "0001-01-01", "must lie in the years 1970 to 2100, not in 0001"),
        ("first_due_on", "2018-02-30",
         "must be a day of the calendar as YYYY-MM-DD, not '2018-02-30'"),
        ("as_of", "01/07/2018", "must be a day of the calendar as YYYY-MM-DD, not '01/07/2018'"),
        ("as_of", "20180701", "must be a day of the calendar as YYYY-MM-DD, not '20180701'"),
        ("first_due_on", "2019-07-03",
         "2019-07-03 lies more than a year after as_of 2018-07-01"),
        ("paid_minor", "1320001",
         "1320001 is more than all instalments, 12 of 110000 = 1320000"),
        ("loan_id", "L 1", "must not contain blanks or control characters"),
        ("loan_id", "L\x00", "must not contain blanks or control characters"),
        ("loan_id", "L" * 101, "must be at most 100 characters long"),
        ("loan_id", True, "must be text or a number, not true, false, a list or an object"),
        ("lender", {"name": "x"}, "must be text or a number, not true, false, a list or an object"),
        ("purpose", "x" * 201, "must be at most 200 characters long"),
        ("purpose", "a\u200bb", "must not contain control characters"),
        ("time_zone", "Mars/Base",
         "must be an IANA time zone such as Asia/Shanghai, not 'Mars/Base'"),
        ("language", "fr", "must be zh or en, not 'fr'"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_with_its_reason(field: str, value: Any, reason: str) -> None:
    """Each mistake names its field and says what would be right."""
    assert problems(**{field: value}) == {field: reason}


@pytest.mark.parametrize("field", NOT_EMPTY)
def test_a_required_value_must_be_there(field: str) -> None:
    """Empty and absent are different mistakes with different words."""
    assert problems(**{field: ""}) == {field: "is empty"}
    assert problems(**{field: None}) == {field: "is empty"}
    without = {name: value for name, value in ROW.items() if name != field}
    assert parse_row(without) == [(field, "is missing")]


@pytest.mark.parametrize("field", ["region", "annual_income_minor", "purpose", "phone"])
def test_an_optional_value_may_be_empty(field: str) -> None:
    """Empty, blank and null are all nothing."""
    for nothing in ("", " ", None):
        assert getattr(row(**{field: nothing}), field) is None


def test_all_bad_fields_of_a_row_are_reported() -> None:
    """The checks between fields are made, too, where their fields are good."""
    found = problems(principal_minor="x", currency="", paid_minor="9999999", as_of="never")
    assert sorted(found) == ["as_of", "currency", "paid_minor", "principal_minor"]
    assert "is more than all instalments" in found["paid_minor"]


@pytest.mark.parametrize("field", ["borrower_name", "phone", "contact_person_phone", "address"])
def test_an_error_never_repeats_personal_data(field: str) -> None:
    """A reason about a name, phone or address says what is wrong without saying it again."""
    for value in ("secret\x07", "secret" * 100, ["secret"]):
        assert "secret" not in problems(**{field: value})[field]


# The first text of a machine is slow: the tables of Unicode are built for it.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(sorted(ROW)),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()),
    )
)
def test_whatever_a_row_holds_it_is_read_or_explained(changes: dict[str, Any]) -> None:
    """No value of any kind ends in anything but a row or a list of reasons."""
    parsed = parse_row(ROW | changes)
    assert isinstance(parsed, TapeRow) or all(problem.reason for problem in parsed)


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
        ("something new", "active"),
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
    at = opening_received_at(date(2018, 7, 1), "Asia/Shanghai")
    assert at == datetime(2018, 6, 30, 16, tzinfo=UTC)


def test_missing_people_are_made_up_and_look_it() -> None:
    """No made-up number can be anyone's, and the same borrower always has the same one."""
    made_up = profile_of(row(), time_zone="Asia/Shanghai", language="zh")
    assert made_up.full_name == "借款人 00001"
    assert made_up.phone == "+86 000 0000 0001"
    assert made_up.address == "示例路 1 号, NJ"
    assert (made_up.phone_id, made_up.address_id) == ("B-00001-p1", "B-00001-a1")
    english = profile_of(row(region=""), time_zone="UTC", language="en")
    assert english[1:3] == ("Borrower 00001", "en")
    assert (english.phone, english.address) == ("+1 000 0000 0001", "1 Sample Road")


def test_what_the_tape_says_of_a_borrower_counts() -> None:
    """Given columns replace both what is made up and the defaults."""
    told = profile_of(
        row(borrower_name=" 张 三 ", phone="p", address="a", time_zone="UTC", language="en"),
        time_zone="Asia/Shanghai",
        language="zh",
    )
    assert told == BorrowerProfile("B-00001", "张 三", "en", "UTC", "p", "a", "NJ")
    assert told.phones == [("B-00001-p1", "p", Relation.SELF)]


def test_contact_person_is_told_apart_from_the_borrower() -> None:
    """His number is kept under an id of its own, as somebody else's."""
    profile = profile_of(row(phone="p", contact_person_phone="c"), time_zone="UTC", language="en")
    assert profile.phones[1:] == [("B-00001-c1", "c", Relation.CONTACT_PERSON)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1))
def test_a_made_up_number_is_stable_and_short(borrower_id: str) -> None:
    """Any id gives at most eight digits."""
    assert 0 <= made_up_number(borrower_id) == made_up_number(borrower_id) < 10**8


def test_only_what_the_tape_says_can_differ_from_the_kept_borrower() -> None:
    """Columns left out are no contradiction."""
    kept = profile_of(row(phone="1", time_zone="UTC"), time_zone="UTC", language="en")
    assert differing_fields(row(), kept) == []
    assert differing_fields(row(phone="2", time_zone="Asia/Tokyo"), kept) == ["phone", "time_zone"]


def test_each_differing_fact_is_named() -> None:
    """Old and new value are both said; the tape's own day is no fact of the loan."""
    old = row()
    kept = {name: getattr(old, name) for name in FACTS} | {"due_dates": old.due_dates()}
    assert differing_facts(row(as_of="2018-07-02"), kept, timedelta(0)) == []
    changed = row(paid_minor="5", first_due_on="2018-02-16")
    moved = "2018-02-15 is kept as the due date of instalment 1, the tape says 2018-02-16"
    assert differing_facts(changed, kept, timedelta(0)) == [
        ("paid_minor", "0 is kept, the tape says 5"),
        ("first_due_on", moved),
    ]
