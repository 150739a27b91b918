"""`ops.py endpoint …` and `ops.py news replay`: where news go, by hand."""

import json

import pytest

from commands.command_line import CommandError
from commands.ops.endpoint.add import add
from commands.ops.endpoint.disable import disable
from commands.ops.endpoint.enable import enable
from commands.ops.endpoint.list_all import list_all
from commands.ops.endpoint.rotate import rotate
from commands.ops.news.replay import replay
from database.news.endpoints import Endpoints
from database.sql import Pool
from door.news.signing import secret_of
from runtime.standard_webhooks import read_secret
from tests.support.door.system import DOOR_KEY

URL = "https://receiver.example/news"


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch, database_url: str) -> pytest.MonkeyPatch:
    """The settings of one."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DOOR_KEY", DOOR_KEY)
    return monkeypatch


async def test_secret_is_shown_once(pool: Pool, capsys: pytest.CaptureFixture[str]) -> None:
    """And stands neither in the table nor in the list; another one joins it for a while."""
    assert await add("app", URL, ["visit.*"], ["my-bank"]) == 0
    first = capsys.readouterr().out.strip()
    assert await rotate("app", 1) == 0
    second = capsys.readouterr().out.strip()
    (kept,) = await Endpoints(pool).all()
    assert read_secret(second) == secret_of(DOOR_KEY, "app", kept.salt)
    assert read_secret(first) == secret_of(DOOR_KEY, "app", str(kept.previous_salt))
    assert await list_all(as_json=True) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown)["types"] == ["visit.*"]
    table = str(await pool.fetch("SELECT * FROM news_endpoints"))
    for secret in (first, second):
        assert secret.removeprefix("whsec_") not in table + shown


async def test_disabled_endpoint_is_enabled_again(capsys: pytest.CaptureFixture[str]) -> None:
    """And it is said how to get what it has missed; a second time there is nothing to do."""
    await add("app", URL, ["*"], ["*"])
    assert await disable("app") == 0
    assert await enable("app") == 0
    assert "python ops.py news replay app --since 20" in capsys.readouterr().out
    for again in (
        enable("app"),
        disable("other"),
        rotate("other", 1),
        add("app", URL, ["*"], ["*"]),
    ):
        with pytest.raises(CommandError, match="ENDPOINT"):
            await again


async def test_given_up_endpoint_is_pointed_at(
    pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the exit code, for a watching program."""
    await add("app", URL, ["*"], ["*"])
    await pool.execute(
        "UPDATE news_endpoints SET disabled_at = now(), disabled_because = 'failing'"
    )
    assert await list_all() == 1
    assert "(failing)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://receiver.example", "*"),
        ("https://user@receiver.example", "*"),
        (URL, "visit.paid"),
        (URL, "v.*"),
    ],
)
async def test_what_no_endpoint_can_be_is_said(url: str, wanted: str) -> None:
    """Before anything is written."""
    with pytest.raises(CommandError):
        await add("app", url, [wanted], ["*"])


async def test_replay_says_what_it_needs() -> None:
    """Which news, an endpoint that there is, a time with its zone."""
    await add("app", URL, ["*"], ["*"])
    assert await replay("app", since="2026-11-28T10:00:00+08:00") == 0
    with pytest.raises(CommandError, match="--news or --since"):
        await replay("app")
    with pytest.raises(CommandError, match="zone"):
        await replay("app", since="2026-11-28T10:00:00")
    with pytest.raises(CommandError, match="news-17"):
        await replay("app", news=["x"])
    with pytest.raises(CommandError, match="ENDPOINT"):
        await replay("other", news=["news-1"])
