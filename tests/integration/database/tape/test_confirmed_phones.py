"""Numbers that a lender has checked: confirmed as of that day, also where they are kept already."""

from tests.support.tapes.importer import Importer
from tests.support.tapes.rows import problems

ANN = {"borrower_name": "Ann", "phone": "+86 159 1234 5678", "address": "Road 1"}
CHECKED = ANN | {"phone_confirmed_on": "2018-05-03"}
CONFIRMED = (
    "SELECT phone_id, confirmed_by, to_char(confirmed_at AT TIME ZONE 'Asia/Shanghai',"
    " 'YYYY-MM-DD') FROM phone_confirmations"
)


def test_checked_number_is_confirmed_from_that_day(importer: Importer) -> None:
    """A contact person's is not theirs, and one without the column is unconfirmed."""
    importer.counts(
        importer.rows(
            CHECKED | {"contact_person_phone": "+86 159 1234 5679"},
            ANN | {"loan_id": "L-2", "borrower_id": "B-2", "phone": "+86 159 1234 5680"},
        )
    )
    assert importer.fetch(CONFIRMED) == [("B-1-p1", "origination", "2018-05-03")]


def test_tape_with_the_column_confirms_numbers_that_are_kept(importer: Importer) -> None:
    """How a book of before comes by it; another number than the kept one confirms nothing."""
    importer.counts(importer.rows(ANN))
    importer.run(importer.rows(CHECKED | {"phone": "+86 159 1234 0000"}))
    assert importer.fetch(CONFIRMED) == []
    importer.counts(importer.rows(CHECKED))
    importer.counts(importer.rows(CHECKED | {"phone_confirmed_on": "2018-04-01"}))
    assert importer.fetch(CONFIRMED) == [("B-1-p1", "origination", "2018-05-03")]


def test_number_that_was_made_up_is_confirmed_with_its_row(importer: Importer) -> None:
    """It is nobody's: only demonstrations have such."""
    importer.counts(importer.rows({"phone_confirmed_on": "2018-05-03"}))
    assert importer.fetch(CONFIRMED) == [("B-1-p1", "origination", "2018-05-03")]


def test_check_of_tomorrow_is_refused() -> None:
    """Nobody has made it."""
    assert problems(phone_confirmed_on="2018-07-02") == {
        "phone_confirmed_on": "2018-07-02 lies after as_of 2018-07-01"
    }
