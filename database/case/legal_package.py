"""The legal desk's file of a case: what goes into it, and the file as it is kept."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import asyncpg

from database.case.facts import CaseNotFoundError
from database.case.retention import Erased
from database.sql import SQL, Connection, Pool
from domain.contact.heard import what_was_said
from domain.debt.statement import DebtTerms, draw_statement

Row = dict[str, Any]
ERASURES = "erasures.json"
# Kept as JSON: read as such, so that the file holds values and not quoted text.
_JSON_COLUMNS = {"agreed_hours", "body", "capacity", "dossier", "facts", "proposal", "signatories"}


class KeptPackage(NamedTuple):
    """A package as it is kept."""

    case_id: str
    sha256: str
    content: bytes
    erased: Erased | None = None  # the content is empty then


class Contents(NamedTuple):
    """What goes into a package."""

    entries: Mapping[str, Any]  # by file name: rows and other JSON values, or bytes
    about: Mapping[str, str]


class LegalPackages:
    """Reads what is on record of a case, and keeps the files that are built of it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def kept_sha256(self, case_id: str) -> str | None:
        """The SHA-256 of the file that is kept of a case, if one is."""
        sha256: str | None = await SQL.legal_package_sha256(self._pool, case_id=case_id)
        return sha256

    async def read_contents(self, case_id: str, now: datetime) -> Contents:
        """Everything on record of a case, as of its end or of now, in one snapshot.

        A payment that came after the end is in it, and so the figures are as of that payment.

        Raises:
            CaseNotFoundError: when there is no such case.
        """
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await _read_contents(connection, case_id, now)

    async def keep_package(
        self, case_id: str, content: bytes, sha256: str, manifest: Mapping[str, Any], now: datetime
    ) -> None:
        """Keep the file of a case; one that is kept already stays."""
        await SQL.keep_legal_package(
            self._pool,
            case_id=case_id,
            built_at=now,
            sha256=sha256,
            content=content,
            manifest=json.dumps(manifest),
        )

    async def package_of(self, loan_id: str) -> KeptPackage | None:
        """The file of a loan's case, the latest if there are several; None when there is none."""
        row = await SQL.legal_package_of_loan(self._pool, loan_id=loan_id)
        if row is None:
            return None
        erased = None if row["erased_at"] is None else Erased(row["erased_at"], row["rule_id"])
        return KeptPackage(row["case_id"], row["sha256"], row["content"], erased)


async def _read_contents(connection: Connection, case_id: str, now: datetime) -> Contents:
    case = await SQL.legal_case(connection, case_id=case_id)
    if case is None:
        raise CaseNotFoundError(case_id)
    as_of = await SQL.legal_as_of(
        connection, loan_id=case["loan_id"], since=case["closed_at"] or now
    )
    entries = {
        "statement.json": await _statement(connection, case, as_of),
        "contacts.csv": await _contacts(connection, case_id),
        "received.csv": await _rows(
            SQL.legal_received(connection, borrower_id=case["borrower_id"], loan_id=case["loan_id"])
        ),
        "events.jsonl": await _rows(SQL.legal_events(connection, case_id=case_id)),
        "visits.json": await _visits(connection, case_id),
        "complaints.json": await _complaints(connection, case),
        "holds.json": await _rows(SQL.legal_holds(connection, borrower_id=case["borrower_id"])),
        "evidence.jsonl": await _rows(SQL.legal_evidence(connection, loan_id=case["loan_id"])),
        **await _agreements(connection, case_id),
        **await _policies(connection, case_id),
        **await _erasures(connection, case["borrower_id"]),
    }
    about = {"loan_id": case["loan_id"], "case_id": case_id, "as_of": as_of.isoformat()}
    return Contents(entries, about)


async def _statement(connection: Connection, case: asyncpg.Record, as_of: datetime) -> Row:
    """What was owed on the day, and whatever it follows from."""
    today = as_of.astimezone(ZoneInfo(case["time_zone"])).date()
    loan_id, borrower_id = case["loan_id"], case["borrower_id"]
    debt = await SQL.legal_debt(connection, loan_id=loan_id, today=today)
    terms = await SQL.debt_terms(connection, case_id=case["case_id"], now=as_of)
    drawn = draw_statement(DebtTerms.model_validate_json(terms), today)
    return {
        "as_of": str(today),
        "debt": _row(debt),
        # By component, and what each payment paid; penalty that accrued and was never charged.
        "components": drawn.model_dump(mode="json"),
        "charges": await _rows(SQL.legal_charges(connection, loan_id=loan_id)),
        "loan": _row(case),
        "phones": await _rows(SQL.legal_phones(connection, borrower_id=borrower_id)),
        "addresses": await _rows(SQL.legal_addresses(connection, borrower_id=borrower_id)),
        "instalments": await _rows(SQL.legal_instalments(connection, loan_id=loan_id)),
        "payments": await _rows(SQL.legal_payments(connection, loan_id=loan_id)),
        "promises": await _rows(SQL.legal_promises(connection, loan_id=loan_id)),
    }


async def _contacts(connection: Connection, case_id: str) -> list[Row]:
    """Each attempt with which of its words were said: it keeps those of either answer."""
    return [
        contact | {"said": _said(contact) if contact["kind"] == "attempt" else None}
        for contact in await _rows(SQL.legal_contacts(connection, case_id=case_id))
    ]


def _said(attempt: Row) -> str:
    return what_was_said(
        attempt["channel"],
        attempt["template"],
        attempt["status"],
        attempt["outcome"],
        attempt["delivery"],
        identity_confirmed=bool(attempt["identity_confirmed"]),
    ).value


async def _visits(connection: Connection, case_id: str) -> list[Row]:
    """Each with all of its approvals and of the appointments that were made for it."""
    beside = {
        "approvals": await _rows(SQL.legal_approvals(connection, case_id=case_id)),
        "appointments": await _rows(SQL.legal_appointments(connection, case_id=case_id)),
    }
    return [
        visit
        | {
            name: [row for row in rows if row["visit_id"] == visit["visit_id"]]
            for name, rows in beside.items()
        }
        for visit in await _rows(SQL.legal_visits(connection, case_id=case_id))
    ]


async def _complaints(connection: Connection, case: asyncpg.Record) -> Row:
    """What was complained of, and who was barred from the borrower's door."""
    loan_id, borrower_id = case["loan_id"], case["borrower_id"]
    return {
        "crew_bars": await _rows(SQL.legal_crew_bars(connection, borrower_id=borrower_id)),
        "complaints": await _rows(SQL.legal_complaints(connection, loan_id=loan_id)),
        "extensions": await _rows(SQL.legal_complaint_extensions(connection, loan_id=loan_id)),
    }


async def _agreements(connection: Connection, case_id: str) -> Row:
    """What is kept of each; documents and other bytes as files of their own."""
    files: dict[str, bytes] = {}
    listed = []
    agreements = [row async for row in SQL.legal_agreements(connection, case_id=case_id)]
    for number, agreement in enumerate(agreements, start=1):
        row = dict(agreement)
        for name, value in agreement.items():
            if isinstance(value, bytes):
                file = f"agreements/{number}/{name.replace('document_', 'agreement.')}"
                files[file], row[name] = value, file
        listed.append(_row(row))
    parts = await _rows(SQL.legal_agreement_parts(connection, case_id=case_id))
    return {"agreements.json": {"agreements": listed, "parts": parts}, **files}


async def _policies(connection: Connection, case_id: str) -> Row:
    rows = await _rows(SQL.legal_policies(connection, case_id=case_id))
    return {f"policies/{row['version']}.json": row for row in rows}


async def _erasures(connection: Connection, borrower_id: str) -> Row:
    """What is missing because it was erased; no entry where nothing was."""
    rows = await _rows(SQL.legal_erasures(connection, borrower_id=borrower_id))
    return {ERASURES: rows} if rows else {}


async def _rows(rows: AsyncIterator[asyncpg.Record]) -> list[Row]:
    return [_row(row) async for row in rows]


def _row(row: asyncpg.Record | Row) -> Row:
    return {
        name: json.loads(value)
        if name in _JSON_COLUMNS and isinstance(value, str)
        else _plain(value)
        for name, value in row.items()
    }


def _plain(value: object) -> object:
    """As JSON has it: times in UTC whatever the session's zone, decimals as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, asyncpg.Range):
        return [_plain(value.lower), _plain(value.upper)]
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
