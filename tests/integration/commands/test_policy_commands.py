"""`ops.py policy adopt`, where it must not say that all is done."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from commands import policy as policy_commands
from commands.command_line import CommandError
from database.policy.adoption import Scope
from database.sql import Pool
from runtime.settings import CHINA_POLICY
from tests.support.world import Loan, OpenCase

BOOK = Scope(lender="test-lender")


@pytest.fixture(autouse=True)
async def _stored_case(pool: Pool, open_case: OpenCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case under the shipped policy, in the database that the command opens."""

    @asynccontextmanager
    async def database(_: object) -> AsyncIterator[Pool]:
        yield pool

    await open_case(Loan())
    monkeypatch.setattr(policy_commands, "database", database)
    monkeypatch.setattr(policy_commands, "load_settings", SimpleNamespace)


async def _adopt(file: Path, scope: Scope) -> int:
    return await policy_commands._adopt(str(file), scope, 20, dry_run=True)


async def test_version_that_is_stored_with_other_numbers_is_not_adopted(tmp_path: Path) -> None:
    """Also where every case is pinned to the version already."""
    for name in ("cn.yaml", "own-choices.yaml"):
        shutil.copy(CHINA_POLICY.with_name(name), tmp_path)
    file = tmp_path / "cn.yaml"
    assert await _adopt(file, BOOK) == 0
    file.write_text(file.read_text(encoding="utf-8").replace("limit: 3\n", "limit: 1\n", 1))
    with pytest.raises(CommandError, match="is stored with other numbers"):
        await _adopt(file, BOOK)


@pytest.mark.parametrize(
    ("scope", "whose"),
    [(Scope(lender="nobody"), "lender nobody"), (Scope(loan_id="L-404"), "loan L-404")],
)
async def test_loan_or_lender_of_whom_no_case_is_open_is_named(scope: Scope, whose: str) -> None:
    """A typing mistake does not look like success."""
    with pytest.raises(CommandError, match=f"no case of {whose} is open"):
        await _adopt(CHINA_POLICY, scope)
