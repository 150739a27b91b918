"""A loan that does not exist is told from one of which there is nothing, by every command."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from commands.command_line import CommandError
from commands.ops.package import package
from commands.ops.rebuild import rebuild
from commands.ops.status import status
from commands.ops.why import why
from database.sql import Pool
from tests.support.door.temporal import client_without_runs
from tests.support.world import Loan, insert_loan


def _package(loan_id: str) -> Coroutine[Any, Any, int]:
    return package(loan_id, Path("none.zip"))


Asks = Callable[[str], Coroutine[Any, Any, int]]


@pytest.fixture(autouse=True)
async def _loan(pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One loan without a case, and a Temporal without a run."""

    async def connect() -> Client:
        return client_without_runs()

    monkeypatch.setenv("DATABASE_URL", database_url)
    for command in ("status", "rebuild"):
        monkeypatch.setattr(f"commands.ops.{command}.connect_temporal", connect)
    await insert_loan(pool, Loan("L-1"))


@pytest.mark.parametrize("ask", [status, _package, rebuild, why])
async def test_loan_that_does_not_exist_is_told_as_that(ask: Asks) -> None:
    """Whoever has mistyped an id does not look for a case."""
    with pytest.raises(CommandError, match=r"^LOAN NOPE: there is no such loan$"):
        await ask("NOPE")


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (status, "no collection is running for this loan"),
        (_package, "no case of this loan was handed to the legal desk"),
        (rebuild, "no case is open"),
    ],
)
async def test_loan_of_which_there_is_nothing_is_told_as_before(ask: Asks, reason: str) -> None:
    """It exists; what is asked for does not."""
    with pytest.raises(CommandError, match=f"^LOAN L-1: {reason}$"):
        await ask("L-1")


async def test_status_needs_no_database_to_say_that_nothing_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only whether there is such a loan is not known then."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/x")
    with pytest.raises(CommandError, match="no collection is running for this loan; whether"):
        await status("L-1")
