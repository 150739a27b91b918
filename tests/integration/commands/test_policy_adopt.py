"""`ops.py policy adopt`, where it must not say that all is done."""

import shutil
from pathlib import Path

import pytest

from commands.command_line import CommandError
from commands.ops.policy.adopt import adopt
from runtime.settings import CHINA_POLICY
from tests.support.world import Loan, OpenCase


@pytest.fixture(autouse=True)
async def _stored_case(
    database_url: str, open_case: OpenCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case under the shipped policy, in the database that the command opens."""
    await open_case(Loan())
    monkeypatch.setenv("DATABASE_URL", database_url)


async def test_version_that_is_stored_with_other_numbers_is_not_adopted(tmp_path: Path) -> None:
    """Also where every case is pinned to the version already."""
    for name in ("cn.yaml", "own-choices.yaml"):
        shutil.copy(CHINA_POLICY.with_name(name), tmp_path)
    shutil.copytree(CHINA_POLICY.with_name("texts"), tmp_path / "texts")
    file = tmp_path / "cn.yaml"
    assert await adopt(str(file), lender="test-lender", dry_run=True) == 0
    file.write_text(file.read_text(encoding="utf-8").replace("limit: 3\n", "limit: 1\n", 1))
    with pytest.raises(CommandError, match="is stored with other numbers"):
        await adopt(str(file), lender="test-lender", dry_run=True)


@pytest.mark.parametrize(
    ("loan", "lender", "whose"),
    [(None, "nobody", "lender nobody"), ("L-404", None, "loan L-404")],
)
async def test_loan_or_lender_of_whom_no_case_is_open_is_named(
    loan: str | None, lender: str | None, whose: str
) -> None:
    """A typing mistake does not look like success."""
    with pytest.raises(CommandError, match=f"no case of {whose} is open"):
        await adopt(str(CHINA_POLICY), loan, lender, dry_run=True)
