"""`ops.py credential …`: a secret is shown once, and what is kept is none."""

import json

import pytest

from commands.command_line import CommandError
from commands.ops.credential.add import add
from commands.ops.credential.list_all import list_all
from commands.ops.credential.revoke import revoke
from commands.ops.credential.rotate import rotate
from database.door.credentials import Credentials
from database.sql import Pool
from door.signatures import make_secret
from runtime.standard_webhooks import read_secret
from tests.support.door.system import DOOR_KEY
from tests.support.world import Loan, insert_loan


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch, database_url: str) -> pytest.MonkeyPatch:
    """The settings of one."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DOOR_KEY", DOOR_KEY)
    return monkeypatch


async def test_secret_is_shown_when_it_is_made(
    pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    """And stands neither in the table nor in the list; another one replaces it for a while."""
    assert await add("bank", "core", ["payment_received"], ["my-bank"]) == 0
    first = capsys.readouterr().out.strip()
    assert await rotate("bank", 1) == 0
    second = capsys.readouterr().out.strip()
    (kept,) = await Credentials(pool).all()
    assert read_secret(second) == make_secret(DOOR_KEY, "bank", kept.salt)
    assert read_secret(first) == make_secret(DOOR_KEY, "bank", str(kept.previous_salt))
    assert await list_all(as_json=True) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown)["events"] == ["payment_received"]
    table = str(await pool.fetch("SELECT * FROM credentials"))
    for secret in (first, second):
        assert secret.removeprefix("whsec_") not in table + shown


async def test_lender_without_a_loan_is_named(
    pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    """The book may be yet to come, so it is added; misspelt, every event would be refused."""
    await insert_loan(pool, Loan())
    lender = await pool.fetchval("SELECT lender FROM loans")
    assert await add("bank", "core", ["payment_received"], [lender, "*", "my-bnak"]) == 0
    told, _ = capsys.readouterr().err.splitlines()
    assert told == "no loan of my-bnak is on record yet: is it spelt as in the tape?"


async def test_revoked_credential_is_gone_for_good(pool: Pool) -> None:
    """Neither rotated nor added again: what it signed once opens nothing."""
    await add("bank", "core", ["payment_received"], ["my-bank"])
    assert await revoke("bank") == 0
    for again in (revoke("bank"), rotate("bank"), add("bank", "core", ["hold_placed"], ["*"])):
        with pytest.raises(CommandError, match="KEY_ID"):
            await again


@pytest.mark.parametrize(
    ("key_id", "source", "event"),
    [("Bank!", "core", "hold_placed"), ("bank", "a b", "hold_placed"), ("bank", "core", "paid")],
)
async def test_what_no_credential_can_have_is_said(key_id: str, source: str, event: str) -> None:
    """Before anything is written."""
    with pytest.raises(CommandError):
        await add(key_id, source, [event], ["*"])
