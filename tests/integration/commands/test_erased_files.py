"""What the commands say of files whose personal data was erased."""

import json
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from commands.command_line import CommandError
from commands.ops.agreement import agreement
from commands.ops.package import package
from database.case.legal_package import ERASURES, LegalPackages
from database.case.retention import Retention
from database.sql import Pool
from documents.cover import render_cover
from domain.policy.policy import Policy
from tests.support.erased.year import Year
from tests.support.world import Loan, OpenCase

LOAN = Loan(phones=2)
SAID = "personal data was erased on 2033-01-15 under LC-RETENTION-AGREEMENT"


@pytest.fixture
async def erased(
    pool: Pool,
    policy: Policy,
    open_case: OpenCase,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Year:
    """A year on record, erased six years later."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    year = Year(pool, policy, LOAN, await open_case(LOAN))
    await year.write()
    now = year.now + timedelta(days=6 * 366 + 1)
    for past in await Retention(pool).past_periods(now):
        assert await Retention(pool).erase(past, now)
    return year


async def test_package_says_that_it_was_erased_when_and_by_which_rule(
    erased: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a file that can be checked, and by the hash of the one that was handed over."""
    file = tmp_path / "case.zip"
    assert await package("L-1", file) == 0
    out = capsys.readouterr().out
    sha256 = await erased.pool.fetchval("SELECT sha256 FROM legal_packages")
    assert SAID in out
    assert sha256 in out
    with ZipFile(file) as archive:
        said = json.loads(archive.read("erased.json"))
        cover = archive.read("cover.html").decode()
    assert (said["rule_id"], said["sha256"]) == ("LC-RETENTION-AGREEMENT", sha256)
    assert said["erased_at"].startswith("2033-01-15")
    assert "LC-RETENTION-AGREEMENT" in cover
    assert await package(verify=file) == 0


async def test_file_that_is_built_afterwards_names_what_is_missing(erased: Year) -> None:
    """On its cover, and as an entry."""
    built = await LegalPackages(erased.pool).read_contents(erased.case_id, erased.now)
    rules = {row["rule_id"] for row in built.entries[ERASURES]}
    assert rules == {"CN-15", "LC-RETENTION-AGREEMENT", "LC-RETENTION-PERSON"}
    cover = render_cover(built.entries, built.about).decode()
    assert "Personal data was erased: contact" in cover
    assert "CN-15" in cover


async def test_documents_of_an_agreement_say_it_too(erased: Year, tmp_path: Path) -> None:
    """In the same words; no file is written."""
    with pytest.raises(CommandError, match=SAID):
        await agreement("G-1", pdf=tmp_path / "agreement.pdf")
    assert await Retention(erased.pool).documents_erased("G-404") is None
