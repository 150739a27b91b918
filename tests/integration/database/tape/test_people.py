"""People as an import leaves them: nobody invented, one number one text, and who is left alone."""

from tests.support.tapes.importer import Importer

ANN = {"borrower_name": "Ann", "phone": "+86 159 1234 5678", "address": "Road 1"}
SECOND = "INSERT INTO phones (phone_id, borrower_id, number) VALUES ('{}', 'B-1', '{}')"


def test_loan_of_an_unknown_person_waits(importer: Importer) -> None:
    """Nobody is invented; a hold says what is missing, and so does a finding."""
    importer.invents = False
    counted = importer.counts(importer.rows({}, ANN | {"loan_id": "L-2", "borrower_id": "B-2"}))
    assert (counted["imported"], counted["held"]) == (2, 1)
    assert [(one["kind"], one["field"]) for one in counted["findings"]] == [
        ("held", "borrower_name")
    ]
    assert importer.fetch("SELECT loan_id, reason FROM holds") == [("L-1", "data_missing")]
    assert importer.fetch("SELECT borrower_id, number FROM phones") == [("B-2", "+8615912345678")]
    assert importer.fetch("SELECT count(*) FROM addresses") == [(1,)]
    assert importer.fetch("SELECT count(*) FROM borrowers WHERE is_made_up") == [(0,)]
    assert importer.counts(importer.rows({}))["findings"] == []


def test_made_up_people_are_marked(importer: Importer) -> None:
    """Only those of whom the tape left something out."""
    importer.counts(importer.rows({}, ANN | {"loan_id": "L-2", "borrower_id": "B-2"}))
    assert importer.fetch("SELECT borrower_id FROM borrowers WHERE is_made_up") == [("B-1",)]


def test_closed_and_troubled_loans_come_in_as_they_are(importer: Importer) -> None:
    """What is closed is closed; the bereaved and the insolvent are on hold; a riddle is refused."""
    words = ["Paid off", "Sold", "Deceased", "破产", "gone fishing"]
    rows = (
        ANN | {"loan_id": f"L-{place}", "borrower_id": f"B-{place}", "reported_status": word}
        for place, word in enumerate(words)
    )
    counted = importer.counts(importer.rows(*rows))
    assert (counted["imported"], counted["held"], counted["rejected"]) == (4, 2, 1)
    assert importer.fetch(
        "SELECT loan_id, status, reason FROM loans LEFT JOIN holds USING (loan_id) ORDER BY 1"
    ) == [
        ("L-0", "settled", None),
        ("L-1", "transferred", None),
        ("L-2", "active", "bereavement"),
        ("L-3", "active", "insolvency"),
    ]


def test_number_is_one_under_every_entry(importer: Importer) -> None:
    """Whoever writes it, in whatever notation; and a stranger's number stays a stranger's."""
    importer.counts(importer.rows(ANN))
    importer.fetch(SECOND.format("x", "159-1234-5678"))
    importer.fetch("UPDATE phones SET status = 'wrong_person', blocked_at = '2018-07-02'")
    importer.fetch(SECOND.format("y", "0086 15912345678"))
    assert importer.fetch("SELECT DISTINCT number, status, blocked_at IS NULL FROM phones") == [
        ("+8615912345678", "wrong_person", False)
    ]
    assert importer.fetch("SELECT written FROM phones ORDER BY phone_id") == [
        ("+86 159 1234 5678",), ("159-1234-5678",), ("0086 15912345678",),
    ]  # fmt: skip


def test_later_tape_fills_in_what_was_missing(importer: Importer) -> None:
    """Name, number and address come later; the hold stays until a person has looked."""
    importer.invents = False
    importer.counts(importer.rows({}))
    counted = importer.counts(importer.rows(ANN | {"contact_person_phone": "13900001111"}))
    assert [(one["kind"], one["field"]) for one in counted["findings"]] == [
        ("completed", "borrower_name"),
        ("completed", "phone"),
        ("completed", "contact_person_phone"),
        ("completed", "address"),
    ]
    assert importer.fetch("SELECT full_name FROM borrowers") == [("Ann",)]
    assert importer.fetch("SELECT number, written, relation FROM phones ORDER BY relation") == [
        ("+8613900001111", "13900001111", "contact_person"),
        ("+8615912345678", "+86 159 1234 5678", "self"),
    ]
    assert importer.fetch("SELECT count(*) FROM addresses") == [(1,)]
    assert importer.fetch("SELECT reason FROM holds WHERE released_at IS NULL") == [
        ("data_missing",)
    ]
    assert importer.counts(importer.rows(ANN))["findings"] == []


def test_what_is_kept_is_not_overwritten_by_a_later_tape(importer: Importer) -> None:
    """Only the address was missing: another number of the same person is told and not taken."""
    importer.invents = False
    importer.counts(importer.rows(ANN | {"address": ""}))
    counted = importer.counts(importer.rows(ANN | {"phone": "13900001111"}))
    assert {(one["kind"], one["field"]) for one in counted["findings"]} == {
        ("completed", "address"),
        ("borrower_differs", "phone"),
    }


def test_who_was_erased_and_borrows_again_is_asked_for_it_anew(importer: Importer) -> None:
    """Nobody is written to by the name that an erasure left, nor at what was their number."""
    importer.invents = False
    importer.counts(importer.rows(ANN))
    importer.fetch("INSERT INTO phone_confirmations SELECT phone_id, 'app', now() FROM phones")
    importer.fetch("SELECT erase_person('B-1')")
    importer.fetch("INSERT INTO erasures VALUES ('B-1', 'person', now())")
    importer.fetch("UPDATE loans SET status = 'settled'")
    erased = importer.rows(ANN | {"phone_confirmed_on": "2018-06-01"})  # as the tape still has it
    assert importer.counts(erased)["findings"] == []
    assert importer.fetch("SELECT full_name, number FROM borrowers JOIN phones USING (borrower_id)"
                          ) == [("", "erased B-1-p1")]  # fmt: skip
    counted = importer.counts(importer.rows({"loan_id": "L-2"}))
    assert [(one["kind"], one["field"]) for one in counted["findings"]] == [
        ("held", "borrower_name")
    ]
    counted = importer.counts(importer.rows(ANN | {"loan_id": "L-3", "phone": "13900001111"}))
    assert (counted["imported"], counted["held"]) == (1, 0)
    assert importer.fetch("SELECT full_name FROM borrowers") == [("Ann",)]
    assert importer.fetch(
        "SELECT number, status, confirmed_by FROM phones LEFT JOIN phone_confirmations"
        " USING (phone_id) ORDER BY status"
    ) == [("erased B-1-p1", "invalid", "app"), ("+8613900001111", "usable", None)]
    assert importer.fetch("SELECT line, status FROM addresses ORDER BY status") == [
        ("Road 1", "usable"),
        ("", "wrong"),
    ]
    again = importer.rows(ANN | {"loan_id": "L-3", "phone": "13900001111"})
    assert importer.counts(again)["findings"] == []
