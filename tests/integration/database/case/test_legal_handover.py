"""The legal desk's file, of a case with everything that a case can have on record."""

import asyncio
import csv
import json
import sys
from asyncio.subprocess import PIPE
from datetime import datetime, timedelta
from html import escape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from activities.legal_activities import LegalActivities
from database.case.cases import Cases
from database.case.legal_package import LegalPackages
from database.sql import Pool
from documents.cover import render_cover
from documents.legal_package import differences, fingerprint_of
from domain.case.facts import Outcome
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan(phones=2)


@pytest.fixture
async def record(pool: Pool, policy: Policy, open_case: OpenCase) -> Record:
    """A case that is closed, and handed over."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.write()
    await Cases(pool).close_case(
        record.case_id, Outcome.HANDED_TO_LEGAL, record.now, lambda: record.now
    )
    return record


async def _build(record: Record, now: datetime) -> str:
    activities = LegalActivities(LegalPackages(record.pool), lambda: now)
    return await activities.build_legal_package(record.case_id)


async def _entries(record: Record) -> dict[str, bytes]:
    kept = await LegalPackages(record.pool).package_of("L-1")
    assert kept is not None
    assert fingerprint_of(kept.content) == kept.sha256
    assert differences(kept.content) == []
    with ZipFile(BytesIO(kept.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_file_holds_the_whole_case(record: Record) -> None:
    """What is owed, what was done and not done, and under which rule."""
    assert await LegalPackages(record.pool).package_of("L-1") is None
    await _build(record, record.now)
    entries = await _entries(record)
    assert list(entries) == [
        "agreements.json", "agreements/1/agreement.html", "agreements/1/agreement.pdf",
        "complaints.json", "contacts.csv", "cover.html",
        "events.jsonl", "evidence.jsonl", "holds.json", "manifest.json",
        "policies/cn-2027-03.json",
        "policies/cn-adopted.json", "received.csv", "statement.json", "visits.json",
    ]  # fmt: skip

    cover = entries["cover.html"].decode()
    notice = await record.pool.fetchval(
        "SELECT said ->> 'text' FROM contact_attempts WHERE template = 'overdue_notice'"
    )
    chain = await record.pool.fetchval("SELECT chain FROM last_links")
    assert escape(notice) in cover
    assert "Nothing was said (overdue_call)" in cover
    assert chain in cover

    statement = json.loads(entries["statement.json"])
    assert statement["debt"]["arrears_minor"] == await record.pool.fetchval(
        "SELECT arrears_minor FROM loan_debt('L-1', $1)", LOAN.on(record.now)
    )
    assert len(statement["instalments"]) == 12
    assert statement["payments"][0]["reversed_at"] is not None
    assert statement["loan"]["full_name"] == "借款人"

    _holds_every_contact(entries["contacts.csv"])
    _holds_what_came_in(entries["received.csv"])
    [agreement] = json.loads(entries["agreements.json"])["agreements"]
    assert agreement["signatories"] == ["B-1"]
    assert agreement["document_pdf"] == "agreements/1/agreement.pdf"
    assert fingerprint_of(entries["agreements/1/agreement.pdf"]) == agreement["document_sha256"]
    assert fingerprint_of(entries["agreements/1/agreement.html"]) == agreement["html_sha256"]
    [visit] = json.loads(entries["visits.json"])
    assert (visit["outcome"], visit["crew"]) == ("agreed", ["C-1", "C-2"])
    complaints = json.loads(entries["complaints.json"])
    assert complaints["complaints"][0]["about"] == "tone"
    assert complaints["extensions"][0]["extended_by"] == "A-9"
    assert {hold["hold_id"] for hold in json.loads(entries["holds.json"])} == {
        "H-1",
        "complaint:C-1",
        "said:later",
    }
    events = [json.loads(line) for line in entries["events.jsonl"].splitlines()]
    assert len(events) == await record.pool.fetchval("SELECT count(*) FROM case_events")
    assert {"LC-STAGE: too early"} == {each["reason"] for each in events if not each["accepted"]}
    body = json.loads(entries["policies/cn-2027-03.json"])["body"]
    assert Policy.model_validate(body) == record.policy


def _holds_every_contact(table: bytes) -> None:
    rows: list[dict[str, Any]] = list(csv.DictReader(StringIO(table.decode())))
    told = [
        (row["kind"], row["template"] or row["rule_id"], row["outcome"], row["said"])
        for row in rows
    ]
    assert told == [
        ("attempt", "overdue_notice", "", "text"),
        ("refusal", "LC-MESSAGES", "", ""),
        ("attempt", "overdue_call", "no_answer", "nothing"),
        ("refusal", "LC-HOLD", "", ""),
        ("attempt", "visit_appointment", "", "text"),
    ]
    assert {row["policy_version"] for row in rows} == {"cn-2027-03"}
    assert {len(row["policy_sha256"]) for row in rows} == {64}


def _holds_what_came_in(table: bytes) -> None:
    reply, call = csv.DictReader(StringIO(table.decode()))
    assert (reply["kind"], reply["id"], reply["phone_id"]) == ("reply", "RE-1", "B-1-p2")
    assert (reply["read_as"], reply["text"]) == ("wrong_person", "N")
    assert (call["kind"], call["id"], call["phone_id"]) == ("call", "I-1", "")
    assert (call["identity_confirmed"], call["recording_id"]) == ("False", "R-0")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"outcome": "no_answer"}, {"text": False, "after_yes": False, "after_no": False}),
        ({"outcome": "wrong_person"}, {"text": True, "after_yes": False, "after_no": True}),
        (
            {"outcome": "connected", "identity_confirmed": True},
            {"text": True, "after_yes": True, "after_no": False},
        ),
        ({"outcome": "connected"}, {"text": True, "after_yes": False, "after_no": False}),
        (None, {"text": True, "after_yes": False, "after_no": False}),
    ],
)
async def test_cover_has_the_words_of_a_call_that_were_said(
    pool: Pool,
    policy: Policy,
    open_case: OpenCase,
    report: dict[str, Any] | None,
    said: dict[str, bool],
) -> None:
    """And none of those that the other answer would have brought."""
    record = Record(pool, policy, LOAN, await open_case(LOAN, 95))
    await record.contact("overdue_call", Channel.CALL)
    attempt = await pool.fetchrow("SELECT attempt_id, said::text AS said FROM contact_attempts")
    assert attempt is not None
    if report is not None:
        await record.deliver("call_finished", attempt_id=attempt["attempt_id"], **report)
    built = await LegalPackages(pool).read_contents(record.case_id, record.now)
    cover = render_cover(built.entries, built.about).decode()
    words = json.loads(attempt["said"])
    assert {name: escape(words[name]) in cover for name in said} == said
    assert ("Not known whether this was said" in cover) is (report is None)
    is_open = report in (None, {"outcome": "connected"})
    assert ("Not known which part followed" in cover) is is_open


async def test_file_is_built_once_and_the_same_wherever_it_is_built(record: Record) -> None:
    """A second build later gives the kept one; a build after a loss gives the same bytes."""
    first = await _build(record, record.now)
    await record.pool.execute("UPDATE payments SET source = 'changed'")
    assert await _build(record, record.now + timedelta(days=1)) == first
    await record.pool.execute("UPDATE payments SET source = 'test'")
    await record.pool.execute("DELETE FROM legal_packages")
    async with record.pool.acquire() as connection:
        await connection.execute("SET timezone = 'America/New_York'")
    assert await _build(record, record.now + timedelta(days=2)) == first
    kept = await LegalPackages(record.pool).package_of("L-1")
    assert kept is not None
    assert kept.case_id == record.case_id


async def test_file_built_late_is_as_of_what_came_since(record: Record) -> None:
    """A payment after the end is in it: so its figures are not the end's, and it says so."""
    paid_at = record.now + timedelta(days=40)
    await record.pool.execute(
        "INSERT INTO payments VALUES ('P-9', 'L-1', 100, 'payment', $1, $1, NULL, 'x')", paid_at
    )
    await _build(record, paid_at + timedelta(hours=1))
    entries = await _entries(record)
    statement = json.loads(entries["statement.json"])
    assert statement["payments"][-1]["payment_id"] == "P-9"
    assert statement["as_of"] == str(LOAN.on(paid_at))
    assert datetime.fromisoformat(json.loads(entries["manifest.json"])["as_of"]) == paid_at
    assert statement["debt"]["arrears_minor"] == await record.pool.fetchval(
        "SELECT arrears_minor FROM loan_debt('L-1', $1)", LOAN.on(paid_at)
    )


async def test_file_is_written_out_and_checked(
    record: Record,
    database_url: str,
    tmp_path: Path,
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command writes what is kept, names the entry that differs, and ends with 1."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    file = tmp_path / "package.zip"
    assert await _run(repository, "L-1", str(file)) == (2, "")
    assert not file.exists()
    sha256 = await _build(record, record.now)
    told = await _run(repository, "L-1", str(file))
    assert told == (0, f"{file}: case {record.case_id}, SHA-256 {sha256}")
    code, said = await _run(repository, "--verify", str(file))
    assert (code, said.splitlines()[-1]) == (0, f"SHA-256 {sha256}")

    content = file.read_bytes()
    file.write_bytes(content.replace(b"LC-MESSAGES", b"LC-MASSAGES", 1))
    assert await _run(repository, "--verify", str(file)) == (
        1,
        "contacts.csv: missing or damaged",
    )


async def _run(repository: Path, *arguments: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "ops.py", "package", *arguments, cwd=repository, stdout=PIPE
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode().strip()
