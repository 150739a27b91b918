"""The legal desk's file of a case: read from the record, built once, and kept."""

import csv
import json
from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime
from io import StringIO
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import asyncpg

from database.case.facts import CaseNotFoundError
from database.sql import SQL, Connection, Pool
from domain.legal_package import Package, as_json, build_package

Row = dict[str, Any]
# Kept as JSON: read as such, so that the file holds values and not quoted text.
_JSON_COLUMNS = {"agreed_hours", "body", "capacity", "dossier", "facts", "proposal", "signatories"}


class KeptPackage(NamedTuple):
    """A package as it is kept."""

    case_id: str
    sha256: str
    content: bytes


class LegalPackages:
    """Builds and keeps the files of cases that are handed to the legal desk."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def build_package(self, case_id: str, now: datetime) -> str:
        """Build and keep the file of a case; answers with its SHA-256. Built once, then kept."""
        kept = await SQL.legal_package_sha256(self._pool, case_id=case_id)
        if kept is None:
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                package = await _build(connection, case_id, now)
            await self._keep(case_id, package, now)
            kept = await SQL.legal_package_sha256(self._pool, case_id=case_id)
        return str(kept)

    async def _keep(self, case_id: str, package: Package, now: datetime) -> None:
        await SQL.keep_legal_package(
            self._pool,
            case_id=case_id,
            built_at=now,
            sha256=package.sha256,
            content=package.content,
            manifest=json.dumps(package.manifest),
        )

    async def package_of(self, loan_id: str) -> KeptPackage | None:
        """The file of a loan's case, the latest if there are several; None when there is none."""
        row = await SQL.legal_package_of_loan(self._pool, loan_id=loan_id)
        return None if row is None else KeptPackage(**row)


async def _build(connection: Connection, case_id: str, now: datetime) -> Package:
    case = await SQL.legal_case(connection, case_id=case_id)
    if case is None:
        raise CaseNotFoundError(case_id)
    as_of = case["closed_at"] or now
    today = as_of.astimezone(ZoneInfo(case["time_zone"])).date()
    entries = {
        "statement.json": as_json(await _statement(connection, case, today)),
        "contacts.csv": _as_csv(await _rows(SQL.legal_contacts(connection, case_id=case_id))),
        "events.jsonl": _as_lines(await _rows(SQL.legal_events(connection, case_id=case_id))),
        "visits.json": as_json(await _rows(SQL.legal_visits(connection, case_id=case_id))),
        "complaints.json": as_json(await _complaints(connection, case["loan_id"])),
        "holds.json": as_json(
            await _rows(SQL.legal_holds(connection, borrower_id=case["borrower_id"]))
        ),
        **await _agreements(connection, case_id),
        **await _policies(connection, case_id),
    }
    about = {"loan_id": case["loan_id"], "case_id": case_id, "as_of": _plain(as_of)}
    return build_package(entries, about)


async def _statement(connection: Connection, case: asyncpg.Record, today: date) -> Row:
    loan_id, borrower_id = case["loan_id"], case["borrower_id"]
    debt = await SQL.legal_debt(connection, loan_id=loan_id, today=today)
    return {
        "as_of": str(today),
        "debt": _row(debt),
        "loan": _row(case),
        "phones": await _rows(SQL.legal_phones(connection, borrower_id=borrower_id)),
        "addresses": await _rows(SQL.legal_addresses(connection, borrower_id=borrower_id)),
        "instalments": await _rows(SQL.legal_instalments(connection, loan_id=loan_id)),
        "payments": await _rows(SQL.legal_payments(connection, loan_id=loan_id)),
        "promises": await _rows(SQL.legal_promises(connection, loan_id=loan_id)),
    }


async def _complaints(connection: Connection, loan_id: str) -> Row:
    return {
        "complaints": await _rows(SQL.legal_complaints(connection, loan_id=loan_id)),
        "extensions": await _rows(SQL.legal_complaint_extensions(connection, loan_id=loan_id)),
    }


async def _agreements(connection: Connection, case_id: str) -> dict[str, bytes]:
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
    return {"agreements.json": as_json({"agreements": listed, "parts": parts}), **files}


async def _policies(connection: Connection, case_id: str) -> dict[str, bytes]:
    rows = await _rows(SQL.legal_policies(connection, case_id=case_id))
    return {f"policies/{row['version']}.json": as_json(row) for row in rows}


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


def _as_lines(rows: Iterable[Row]) -> bytes:
    return "".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows
    ).encode()


def _as_csv(rows: list[Row]) -> bytes:
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["at"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
