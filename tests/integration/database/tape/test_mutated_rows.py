"""Mutated rows through the whole import: no traceback, every row counted, the exit code right.

`MUTATED_ROWS=100000` runs the full size.
"""

import csv
import json
import os
import unicodedata
from pathlib import Path

import pytest

from domain.debt.currencies import MINOR_DIGITS
from domain.local_time import time_zones
from domain.tape.phone_number import e164
from tests.support.tapes.importer import Importer
from tests.support.tapes.mutated import GOOD, mutated_rows

ROWS = int(os.environ.get("MUTATED_ROWS", "2000"))


def _written(file: Path, seed: int) -> Path:
    rows = list(mutated_rows(ROWS, seed))
    if file.suffix == ".csv":
        with file.open("w", encoding="utf-8", newline="", errors="surrogatepass") as out:
            writer = csv.DictWriter(out, GOOD)
            writer.writeheader()
            writer.writerows(rows)
    else:
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.mark.parametrize(("suffix", "seed"), [(".csv", 1), (".jsonl", 2)])
def test_no_mutated_row_breaks_the_import(
    importer: Importer, tmp_path: Path, suffix: str, seed: int
) -> None:
    """What is accepted is good by rules of its own; the rest is told, a reason each."""
    importer.invents = False
    counted = importer.counts(_written(tmp_path / f"mutated{suffix}", seed))
    assert 0 < counted["imported"] < counted["rejected"] + counted["imported"]
    told = {one["line"] for one in counted["errors"]}
    assert len(told) == counted["rejected"]
    assert [one for one in counted["errors"] if not _is_one_line(one["reason"])] == []
    _accepted_rows_are_good(importer)


def _is_one_line(reason: str) -> bool:
    """Without control characters; signs that are newer than this Python's tables may be in it."""
    return not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") for sign in reason)


def _accepted_rows_are_good(importer: Importer) -> None:
    """Why each accepted row was right to accept, in words of SQL."""
    currencies = importer.fetch("SELECT DISTINCT currency FROM loans")
    assert {code for (code,) in currencies} <= MINOR_DIGITS.keys()
    zones = importer.fetch("SELECT DISTINCT time_zone FROM borrowers")
    assert {zone for (zone,) in zones} <= time_zones()
    for (number,) in importer.fetch("SELECT DISTINCT number FROM phones"):
        assert e164(number, "CN") == number
    impossible = (
        "SELECT l.loan_id FROM loans l JOIN loan_instalments i USING (loan_id) GROUP BY l.loan_id"
        " HAVING sum(i.amount_minor) < l.principal_minor OR count(*) <> l.term_months"
    )
    assert importer.fetch(impossible) == []
    reachable = (
        "SELECT l.loan_id FROM loans l JOIN borrowers b USING (borrower_id)"
        " WHERE l.status = 'active'"
        " AND (b.full_name = '' OR NOT EXISTS (SELECT FROM phones p"
        "                                      WHERE p.borrower_id = b.borrower_id))"
        " AND NOT EXISTS (SELECT FROM holds h WHERE h.loan_id = l.loan_id)"
    )
    assert importer.fetch(reachable) == []
    closed = (
        "SELECT DISTINCT reported_status FROM loans"
        " WHERE status = 'active' AND reported_status IS NOT NULL"
    )
    open_words = {"current", "deceased", "破产"}
    words = {"".join(filter(str.isalnum, word.casefold())) for (word,) in importer.fetch(closed)}
    assert words <= open_words
