"""The agreement's bytes on a real Postgres: what is kept is what was offered, to the last byte."""

import asyncio
import hashlib
import json
import sys
from asyncio.subprocess import PIPE
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from database.plan.agreements import Agreements
from database.sql import Pool
from domain.plan.agreement import Offer
from domain.plan.plan import Plan, Predecessor
from domain.plan.progress import Part
from domain.plan.status import AgreementStatus
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan()


@pytest.fixture
async def record(pool: Pool, policy: Policy, open_case: OpenCase) -> Record:
    """A case whose agreement `G-1` is signed."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.write()
    return record


def _offer(record: Record, agreement_id: str, replaces: str | None = None) -> Offer:
    today = LOAN.on(record.now)
    plan = Plan(
        as_of=today,
        arrears_minor=400_000,
        waiver_minor=0,
        parts=[Part(number=1, due_on=today + timedelta(days=5), amount_minor=400_000)],
        before=None if replaces is None else _before(replaces, today),
    )
    return Offer(
        agreement_id=agreement_id,
        case_id=record.case_id,
        visit_id=record.visit_id,
        plan_id="P-2",
        plan=plan,
        waiver_approver_id=None,
        counted_from=record.now,
        expires_at=record.now + timedelta(days=3),
        lender_signatory="C-1",
    )


def _before(agreement_id: str, today: date) -> Predecessor:
    """A plan of which nothing was paid or waived."""
    return Predecessor(
        agreement_id=agreement_id,
        as_of=today,
        first_due_on=today,
        owed_minor=400_000,
        granted_minor=0,
        kept_waiver_minor=0,
        carried_minor=0,
    )


async def test_kept_bytes_are_those_that_were_hashed(record: Record) -> None:
    """Both forms; the signed hash is the PDF's."""
    [row] = await record.pool.fetch("SELECT * FROM agreements")
    for form, sha256 in (("document_pdf", "document_sha256"), ("document_html", "html_sha256")):
        assert hashlib.sha256(row[form]).hexdigest() == row[sha256]
    assert row["signed_sha256"] == row["document_sha256"]
    assert row["disclosed_at"] == row["signed_at"] - timedelta(seconds=1)
    document = await Agreements(record.pool).read_document("G-1")
    assert document is not None
    assert (document.pdf, document.html) == (row["document_pdf"], row["document_html"])
    assert PdfReader(BytesIO(document.pdf)).metadata is not None


async def test_ended_offer_is_not_signed(record: Record) -> None:
    """The record has the last word: an agreement is not signed and expired at once."""
    agreements = Agreements(record.pool)
    await record.break_agreement()
    sha256 = await record.offer(_offer(record, "G-2"))
    await agreements.end_agreement(
        record.case_id, AgreementStatus.OFFERED, AgreementStatus.EXPIRED, record.now
    )
    with pytest.raises(AssertionError, match="the agreement is not offered any more"):
        await record.deliver(
            "agreement_signed", agreement_id="G-2", document_sha256=sha256, signatories=["B-1"]
        )
    status = "SELECT status FROM agreements WHERE agreement_id = 'G-2'"
    assert await record.pool.fetchval(status) == "expired"


async def test_offer_that_is_repeated_gives_what_is_kept(record: Record) -> None:
    """A retry at a later moment draws up nothing anew: the borrower may have the first already."""
    agreements = Agreements(record.pool)
    await record.break_agreement()
    offer = _offer(record, "G-2", replaces="G-1")
    first = await record.offer(offer)
    kept = await agreements.read_document("G-2")
    record.now += timedelta(hours=1)
    assert await record.offer(offer) == first
    assert await agreements.read_document("G-2") == kept
    assert await record.offer(_offer(record, "G-1")) == await record.pool.fetchval(
        "SELECT document_sha256 FROM agreements WHERE agreement_id = 'G-1'"
    )
    assert await record.pool.fetchval("SELECT count(*) FROM agreements") == 2


async def test_document_names_people_and_what_it_replaces(record: Record) -> None:
    """Read from the record when it is drawn up: none of it was in the request but ids."""
    agreements = Agreements(record.pool)
    await record.break_agreement()
    offer = _offer(record, "G-2", replaces="G-1")
    await record.offer(offer)
    crew = await record.pool.fetchval("SELECT full_name FROM crew_members WHERE badge_id = 'C-1'")
    document = await agreements.read_document("G-2")
    assert document is not None
    html = document.html.decode()
    for words in (f"{crew} C-1", "借款人", "test-lender", "G-1", "4,000.00元"):
        assert words in html
    assert crew not in offer.model_dump_json()


@pytest.mark.parametrize("years_ago", [2, 4])
async def test_time_barred_debt_is_recognised(record: Record, years_ago: int) -> None:
    """LA-01 to LA-03 on the record: three years after the last instalment, and nothing since."""
    agreements = Agreements(record.pool)
    await record.break_agreement()
    await record.pool.execute("DELETE FROM payments")
    await record.pool.execute("UPDATE agreements SET signed_at = signed_at - interval '9 years'")
    await record.pool.execute(
        "UPDATE loan_instalments SET due_on = due_on - make_interval(years => $1),"
        " contract_due_on = contract_due_on - make_interval(years => $1)",
        years_ago,
    )
    terms = await agreements.read_terms(_offer(record, "G-2"), record.policy, record.now)
    last_due_on = await record.pool.fetchval("SELECT max(due_on) FROM loan_instalments")
    ended_on = last_due_on.replace(year=last_due_on.year + 3)
    assert terms.time_barred_since == (ended_on if years_ago == 4 else None)
    assert terms.limitation_years == 3
    assert terms.limitation_until == terms.last_due_on.replace(year=terms.last_due_on.year + 3)


async def test_command_writes_the_kept_bytes(
    record: Record, database_url: str, tmp_path: Path, repository: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Exactly, with their hashes; an unknown id or no file to write to is refused by name."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    [row] = await record.pool.fetch("SELECT * FROM agreements")
    html, pdf = tmp_path / "a.html", tmp_path / "a.pdf"
    told = await _run(repository, "G-1", "--html", str(html), "--pdf", str(pdf))
    assert told == (0, f"{row['html_sha256']}  {html}\n{row['document_sha256']}  {pdf}", "")
    assert html.read_bytes() == row["document_html"]
    assert pdf.read_bytes() == row["document_pdf"]

    code, _, error = await _run(repository, "G-9", "--pdf", str(tmp_path / "no.pdf"))
    assert (code, "AGREEMENT_ID G-9: there is no such agreement" in error) == (2, True)
    assert not (tmp_path / "no.pdf").exists()
    code, _, error = await _run(repository, "G-1")
    assert (code, "--html, --pdf: say where to write" in error) == (2, True)
    code, _, error = await _run(repository, "G-1", "--pdf", str(tmp_path / "none" / "a.pdf"))
    assert (code, "No such file or directory" in error) == (2, True)


async def _run(repository: Path, *arguments: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "ops.py", "agreement", *arguments, cwd=repository, stdout=PIPE, stderr=PIPE
    )
    output, error = await process.communicate()
    return process.returncode, output.decode().strip(), error.decode().strip()


async def test_e_sign_platform_is_told_once_of_a_document_that_is_offered(record: Record) -> None:
    """With what it needs to fetch and to sign it; drawn up again, it is the same notice."""
    await record.break_agreement()
    offer = _offer(record, "G-2")
    sha256 = await record.offer(offer)
    assert await record.offer(offer) == sha256
    [notice] = await record.pool.fetch(
        "SELECT audience, kind, body FROM staff_notices WHERE notice_id = 'G-2:offered'"
    )
    assert (notice["audience"], notice["kind"]) == ("e_sign", "agreement_offered")
    assert json.loads(notice["body"]) == {
        "loan_id": "L-1",
        "agreement_id": "G-2",
        "document_sha256": sha256,
        "expires_at": offer.expires_at.isoformat(),
    }
