"""`ops.py gateways`: what is closed is said, and opened by a person."""

import json

import pytest

from commands.command_line import CommandError
from commands.ops.gateways import gateways
from database.contact.closed_gateways import ClosedGateways
from database.sql import Pool
from domain.contact.delivery import ProviderRefusal
from domain.policy.contact import Channel
from tests.support.gate.gate import NOON


@pytest.fixture(autouse=True)
async def _closed(pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bill is unpaid, and a template is not registered."""
    closed = ClosedGateways(pool)
    await closed.close(Channel.CALL, None, ProviderRefusal.ACCOUNT, "arrears", NOON)
    await closed.close(Channel.SMS, "overdue_notice", ProviderRefusal.CONTENT, "word", NOON)
    monkeypatch.setenv("DATABASE_URL", database_url)


async def test_closed_gateways_are_told_with_what_ends_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line each; the answer is 1 while any is closed."""
    assert await gateways() == 1
    account, content = capsys.readouterr().out.splitlines()
    assert account.startswith("all call: account: arrears, since ")
    assert "; one contact tries again at " in account
    assert content.startswith("overdue_notice by sms: content: word, since ")
    assert content.endswith("; until --open")


async def test_opened_gateways_are_closed_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    """One template of a channel, or all that is closed of it."""
    assert await gateways(opened=Channel.SMS, template="overdue_notice", as_json=True) == 1
    [left] = capsys.readouterr().out.splitlines()
    assert json.loads(left)["channel"] == "call"
    assert await gateways(opened=Channel.CALL) == 0
    assert capsys.readouterr().out == "no gateway is closed\n"


async def test_template_that_is_not_stopped_is_no_answer() -> None:
    """Misspelt, for one: that nothing was opened would be overlooked."""
    with pytest.raises(CommandError, match=r"^--template: overdue_notise is not stopped on sms$"):
        await gateways(opened=Channel.SMS, template="overdue_notise")


async def test_template_without_a_channel_is_no_answer() -> None:
    """Which of the two it is of is not guessed."""
    with pytest.raises(CommandError, match=r"^--template: "):
        await gateways(template="overdue_notice")
