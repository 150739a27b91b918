"""Runs the import on a database, and looks at what it left."""

import asyncio
import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from typer.testing import CliRunner, Result

from domain.clock import BusinessClock
from domain.tape.row import BORROWER_COLUMNS, COLUMNS
from starter import app

# The day of the rows below is today; what passes meanwhile is far less than a day.
CLOCK = BusinessClock(
    started_at=datetime.now(UTC), origin=datetime(2018, 7, 1, 4, tzinfo=UTC)
).model_dump_json()
TAPE = Path(__file__).parents[3] / "demo" / "data" / "loan_tape_2018.csv"
ROW = {
    "loan_id": "L-1",
    "borrower_id": "B-1",
    "lender": "a-lender",
    "currency": "CNY",
    "principal_minor": 1_000_000,
    "annual_rate_percent": "14.07",
    "term_months": 12,
    "installment_minor": 100_000,
    "first_due_on": "2018-01-31",
    "paid_minor": 150_000,
    "as_of": "2018-07-01",
    "region": "NJ",
    "annual_income_minor": 9_000_000,
    "purpose": "moving",
    "reported_status": "Late (31-120 days)",
}


class Importer:
    """Runs the command on a database and looks at what it left."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._database_url = database_url
        self._folder = folder
        self.invents = True  # people, where a tape has none

    def run(self, *arguments: str | Path) -> Result:
        environment = {"DATABASE_URL": self._database_url, "BUSINESS_CLOCK": CLOCK}
        words = ["import", *map(str, arguments), *(["--invent-people"] if self.invents else [])]
        return CliRunner().invoke(app, words, env=environment, catch_exceptions=False)

    def counts(self, *arguments: str | Path) -> dict[str, Any]:
        result = self.run(*arguments, "--json")
        counted: dict[str, Any] = json.loads(result.stdout)
        as_told = ("rejected", "differs", "held", "borrowers_differ")
        assert result.exit_code == int(any(counted[name] for name in as_told))
        return counted

    def rows(self, *changes: dict[str, Any], suffix: str = ".csv") -> Path:
        """A tape with one row for each set of changes to `ROW`."""
        file = self._folder / f"tape{suffix}"
        rows = [ROW | change for change in changes]
        if suffix == ".csv":
            with file.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, [*COLUMNS, *BORROWER_COLUMNS])
                writer.writeheader()
                writer.writerows(rows)
        else:
            file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        return file

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        return asyncio.run(self._fetch(query))

    async def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(self._database_url)
        try:
            return [tuple(record) for record in await connection.fetch(query)]
        finally:
            await connection.close()


def snapshot(importer: Importer) -> list[list[tuple[Any, ...]]]:
    tables = ("borrowers", "phones", "addresses", "loans", "loan_instalments", "payments")
    return [importer.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]  # noqa: S608
