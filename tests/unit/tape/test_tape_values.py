"""The values of a tape's row: what is believed, and what is refused with which words."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tape.row import TapeRow, parse_row
from tests.support.tapes.rows import ROW, problems, row

NOT_EMPTY = sorted(
    set(ROW) - {"region", "annual_income_minor", "purpose", "reported_status"},
)


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
        ("loan_id", "L 1", "must not contain blanks"),
        ("loan_id", "L\x00", "must not contain the character U+0000"),
        ("loan_id", "L" * 81, "must be at most 80 characters long"),
        ("borrower_id", "合同-1",
         "must be ASCII letters, digits and signs: no event could name it otherwise"),
        ("lender", "L" * 101, "must be at most 100 characters long"),
        ("loan_id", True, "must be text or a number, not true, false, a list or an object"),
        ("lender", {"name": "x"}, "must be text or a number, not true, false, a list or an object"),
        ("purpose", "x" * 201, "must be at most 200 characters long"),
        ("purpose", "a\u200bb", "must not contain the character U+200B"),
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
