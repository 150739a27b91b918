"""The product as outsiders meet it: its commands, the `temporal` command line, and SQL."""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from domain.clock import BusinessClock
from tests.support.processes.commands import output_of
from tests.support.processes.patience import until

BIN = Path(sys.executable).parent


@dataclass
class Outside:
    """Only what an outsider has: two command lines and a database connection."""

    repository: Path
    environment: dict[str, str]
    database: "asyncpg.Connection[asyncpg.Record]"
    clock: BusinessClock

    def now(self) -> datetime:
        return self.clock.business(datetime.now(UTC))

    async def temporal(self, *arguments: str) -> str:
        """Run the `temporal` command line."""
        return await self._run(BIN / "temporal", *arguments)

    async def starter(self, *arguments: str) -> str:
        """Run `python starter.py`."""
        return await self._run(sys.executable, self.repository / "starter.py", *arguments)

    async def ops(self, *arguments: str) -> str:
        """Run `python ops.py`."""
        return await self._run(sys.executable, self.repository / "ops.py", *arguments)

    async def _run(self, *command: str | Path) -> str:
        return await output_of(*command, env=self.environment, cwd=self.repository)

    async def signal(self, loan_id: str, name: str, body: Any) -> None:
        """Send a signal whose input is any JSON."""
        await self.temporal(
            "workflow",
            "signal",
            "--workflow-id",
            f"loan-{loan_id}",
            "--name",
            name,
            "--input",
            json.dumps(body),
        )

    async def send(self, loan_id: str, name: str, **body: Any) -> None:
        """Send a well-formed event."""
        event = {
            "event_id": f"{loan_id}-{name}",
            "occurred_at": self.now().isoformat(),
            "source": "outside",
        }
        await self.signal(loan_id, name, event | body)

    async def reach(self, moment: datetime) -> None:
        """Let business time pass until a moment."""
        await asyncio.sleep(max((self.clock.real(moment) - datetime.now(UTC)).total_seconds(), 0))

    async def row(self, query: str, *arguments: Any) -> "asyncpg.Record":
        """Wait until a query has a row, and return it."""
        return await until(lambda: self.database.fetchrow(query, *arguments), query)
