"""What is on record already, or twice in a tape: it is kept, and every difference is told."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from database.tape.tape_import import import_tape
from domain.tape.lines import read_tape
from domain.tape.options import ImportOptions
from domain.tape.report import ImportReport, Outcome
from tests.support.tapes.importer import Importer, snapshot

MORNING = datetime(2018, 7, 1, tzinfo=UTC)
ANN = {"borrower_name": "Ann", "phone": "+86 138 0000 0001"}


def test_a_loan_that_is_there_is_never_changed(importer: Importer) -> None:
    """Other facts are told field by field; the exit code says so."""
    importer.counts(importer.rows({}))
    before = snapshot(importer)
    changed = {"paid_minor": 250_000, "reported_status": "Current", "term_months": 11}
    counted = importer.counts(importer.rows(changed))
    assert (counted["differs"], counted["unchanged"]) == (1, 0)
    assert [(one["kind"], one["field"], one["reason"]) for one in counted["findings"]] == [
        ("differs", "term_months", "12 is kept, the tape says 11"),
        ("differs", "paid_minor", "150000 is kept, the tape says 250000"),
        ("differs", "reported_status", "Late (31-120 days) is kept, the tape says Current"),
    ]
    assert snapshot(importer) == before


def test_later_life_of_a_loan_is_no_difference(importer: Importer) -> None:
    """Payments, deferred instalments and a closed loan do not contradict the tape."""
    importer.counts(importer.rows({}))
    importer.fetch("UPDATE loan_instalments SET due_on = due_on + 90")
    importer.fetch("UPDATE loans SET status = 'settled'")
    importer.fetch("INSERT INTO payments SELECT 'p', loan_id, 5, 'payment', received_at,"
                   " recorded_at, NULL, 'ledger' FROM payments")  # fmt: skip
    assert importer.counts(importer.rows({}))["unchanged"] == 1


@pytest.mark.parametrize("between", [0, 600])
def test_a_loan_twice_in_a_file(importer: Importer, between: int) -> None:
    """The same again is unchanged; another content is a bad row, in one batch or across two."""
    others = [{"loan_id": f"X-{number}"} for number in range(between)]
    tape = importer.rows({}, *others, {}, {"principal_minor": 999_999, "purpose": ""})
    counted = importer.counts(tape)
    assert (counted["imported"], counted["unchanged"], counted["rejected"]) == (1 + between, 1, 1)
    assert counted["overdue"] == 1 + between
    assert [(one["line"], one["field"], one["reason"]) for one in counted["errors"]] == [
        (between + 4, "loan_id", "also on line 2; here with another principal_minor, purpose")
    ]
    assert importer.fetch("SELECT principal_minor FROM loans WHERE loan_id = 'L-1'") == [
        (1_000_000,)
    ]


def test_a_loan_that_is_taken_late_in_a_file_is_counted_once(importer: Importer) -> None:
    """What is overdue is loans, not rows: the first row of one that is taken counts."""
    importer.counts(importer.rows({}))
    counted = importer.counts(importer.rows({"paid_minor": 250_000}, {}, {}))
    assert (counted["differs"], counted["unchanged"], counted["overdue"]) == (1, 2, 1)


def test_two_lenders_share_a_borrower_of_one_name_and_number(importer: Importer) -> None:
    """What the second lender says differently is told without being repeated."""
    counted = importer.counts(
        importer.rows(
            ANN | {"time_zone": "Asia/Tokyo"},
            ANN | {"loan_id": "L-2", "lender": "another", "region": "CA"},
            ANN | {"loan_id": "L-3", "lender": "another", "phone": "13800000002"},
        )
    )
    assert (counted["imported"], counted["borrowers_differ"], counted["rejected"]) == (2, 1, 1)
    assert [(one["kind"], one["field"]) for one in counted["findings"]] == [
        ("borrower_differs", "region"),
    ]
    assert [(one["loan_id"], one["field"]) for one in counted["errors"]] == [("L-3", "borrower_id")]
    assert "1380000" not in json.dumps(counted)
    assert importer.fetch("SELECT number FROM phones") == [("+8613800000001",)]
    assert importer.fetch("SELECT DISTINCT received_at FROM payments") == [
        (datetime(2018, 7, 1, tzinfo=UTC) - timedelta(hours=9),)
    ]


def test_two_imports_at_once_store_each_loan_once(importer: Importer, database_url: str) -> None:
    """They wait for each other; every row is imported by one and unchanged to the other."""
    file = importer.rows(*({"loan_id": f"L-{number}"} for number in range(1200)))
    backwards = file.read_bytes().splitlines(keepends=True)
    backwards[1:] = backwards[:0:-1]

    async def both() -> list[ImportReport]:
        tapes = [
            read_tape(lines, ".csv")
            for lines in (file.read_bytes().splitlines(keepends=True), backwards)
        ]
        imports = (
            import_tape(tape, database_url, ImportOptions(), lambda _: None, lambda: MORNING)
            for tape in tapes
        )
        return await asyncio.gather(*imports)

    reports = asyncio.run(both())
    assert sum(report.outcomes[Outcome.IMPORTED] for report in reports) == 1200
    assert sum(report.outcomes[Outcome.UNCHANGED] for report in reports) == 1200


def test_contradicting_statuses_are_told(importer: Importer) -> None:
    """The schedule decides: both loans stay active, only the first is overdue."""
    counted = importer.counts(
        importer.rows({"reported_status": "Current"}, {"loan_id": "L-2", "paid_minor": 600_000})
    )
    assert (counted["disagreements"], counted["overdue"]) == (2, 1)
    assert importer.fetch("SELECT DISTINCT status FROM loans") == [("active",)]


def test_same_loan_id_of_another_lender_is_another_loan(importer: Importer) -> None:
    """It is refused: the kept loan stays, and the exit code says that one is missing."""
    importer.counts(importer.rows({}))
    again = importer.counts(importer.rows({"lender": "another", "borrower_id": "B-2"}))
    assert (again["differs"], again["rejected"]) == (0, 1)
    assert {one["field"] for one in again["errors"]} == {"loan_id"}
    assert importer.fetch("SELECT lender FROM loans") == [("a-lender",)]


@pytest.mark.parametrize("between", [0, 600])
def test_refused_row_leaves_nobody_behind(importer: Importer, between: int) -> None:
    """Neither a person, a number nor a check of one: of another loan's id, or of other facts."""
    importer.invents = False
    checked = {"phone_confirmed_on": "2018-06-01"}
    importer.counts(importer.rows({}))
    before = snapshot(importer)
    ann = ANN | checked
    counted = importer.counts(importer.rows(ann | {"borrower_id": "B-9"}))
    assert counted["rejected"] == 1
    assert snapshot(importer) == before

    others = ({"loan_id": f"X-{number}"} for number in range(between))
    otherwise: dict[str, Any] = ann | {"loan_id": "L-2", "principal_minor": 999_999}
    counted = importer.counts(importer.rows({"loan_id": "L-2"}, *others, otherwise))
    assert (counted["imported"], counted["rejected"]) == (1 + between, 1)
    assert importer.fetch("SELECT full_name FROM borrowers") == [("",)]
    assert importer.fetch("SELECT phone_id FROM phones") == []

    bob = ANN | {"borrower_id": "B-9", "borrower_name": "Bob", "phone": "+86 138 0000 0009"}
    assert importer.counts(importer.rows(bob | {"loan_id": "L-9"}))["imported"] == 1


def test_what_a_later_tape_says_of_a_borrower_is_heeded(importer: Importer) -> None:
    """A death is not left to whoever reads what differs; a person's release stands."""
    importer.counts(importer.rows({}))
    died = importer.rows({"reported_status": "Deceased"})
    counted = importer.counts(died)
    assert (counted["differs"], counted["held"]) == (1, 1)
    held = "SELECT hold_id, reason FROM holds WHERE released_at IS NULL"
    assert importer.fetch(held) == [("tape", "bereavement")]
    assert importer.counts(died)["held"] == 0
    importer.fetch("UPDATE holds SET released_at = now()")
    assert importer.counts(died)["held"] == 0
    assert importer.fetch(held) == []
    bankrupt = importer.rows({"reported_status": "破产"})
    assert [importer.counts(bankrupt)["held"] for _ in range(2)] == [1, 0]
    assert importer.fetch(held) == [("tape-insolvency", "insolvency")]
