"""What each provider refuses has its class, and calls keep their parts apart."""

from pathlib import Path
from typing import get_args

import pytest

from domain.contact.delivery import ProviderRefusal
from domain.messages.calls import CallParts
from domain.policy.contact import Channel
from gateways.protocol import GatewayRefusedError
from runtime.settings import GatewayName
from tests.support.gateways import Fault
from tests.support.providers.lines import OLDER_WORDS, connect, message, sought
from tests.support.providers.stand_in import Asked, StandIn

REAL = sorted(set(get_args(GatewayName)) - {"simulated"})
CLASSES = [each for each in ProviderRefusal if each is not ProviderRefusal.NUMBER_TODAY]
PARTS = CallParts("您好，请问您是本人吗？", "您的借款已逾期", "打扰了")


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("name", REAL)
async def test_every_refusal_has_its_class(
    tmp_path: Path, name: GatewayName, channel: Channel
) -> None:
    """By the provider's own codes."""
    async with connect(name, channel, tmp_path) as (gateway, provider, _):
        provider.faults.add(Fault.REFUSES)
        for refusal in CLASSES:
            provider.refusal = provider.refused_as(refusal)
            with pytest.raises(GatewayRefusedError) as refused:
                await gateway.send(message())
            assert refused.value.refusal is refusal


@pytest.mark.parametrize("name", ["webhook", "infobip", "tencent"])
async def test_number_that_has_had_enough_is_told(tmp_path: Path, name: GatewayName) -> None:
    """By those that have such a limit."""
    async with connect(name, Channel.SMS, tmp_path) as (gateway, provider, _):
        provider.faults.add(Fault.REFUSES)
        provider.refusal = provider.refused_as("number_today")
        with pytest.raises(GatewayRefusedError) as refused:
            await gateway.send(message())
        assert refused.value.refusal is ProviderRefusal.NUMBER_TODAY


@pytest.mark.parametrize("name", ["webhook", "twilio", "infobip"])
async def test_wrong_credentials_are_the_accounts_fault(
    tmp_path: Path, name: GatewayName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway is closed by that; no contact fails for it."""
    monkeypatch.setattr("tests.support.providers.infobip.KEY", "another")
    monkeypatch.setattr("tests.support.providers.twilio.TOKEN", "another")
    async with connect(name, Channel.SMS, tmp_path) as (gateway, provider, _):
        monkeypatch.undo()
        if name == "webhook":
            monkeypatch.setattr("tests.support.providers.platform.SECRET", "whsec_" + "A" * 44)
        with pytest.raises(GatewayRefusedError) as refused:
            await gateway.send(message())
        assert refused.value.refusal is ProviderRefusal.ACCOUNT
        assert not provider.delivered


@pytest.mark.parametrize("name", ["webhook", "twilio", "infobip"])
async def test_parts_of_a_call_are_handed_over_by_their_names(
    tmp_path: Path, name: GatewayName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows a yes is not spoken before: it is not in one text with the opening."""
    asked: list[Asked] = []
    check = StandIn._take

    def note(self: StandIn, each: Asked, reference: str) -> object:
        asked.append(each)
        return check(self, each, reference)

    monkeypatch.setattr(StandIn, "_take", note)
    async with connect(name, Channel.CALL, tmp_path) as (gateway, _, _):
        await gateway.send(message(parts=PARTS))
    [request] = asked
    told = str(request.form()) if name == "twilio" else request.body.decode()
    assert all(name in told and text in told for name, text in PARTS._asdict().items())
    assert "您好, hello" not in told or name == "webhook"


async def test_call_of_a_debt_is_no_template_that_tells_of_it(tmp_path: Path) -> None:
    """Tencent leads nobody through a call: it says the opening, or nothing."""
    async with connect("tencent", Channel.CALL, tmp_path) as (gateway, provider, _):
        said = {"lender": "示例银行", "name": "王芳"}
        await gateway.send(message(template="overdue_call", parts=PARTS, values=said))
        with pytest.raises(GatewayRefusedError, match="TemplateNotRegistered"):
            await gateway.send(message(parts=PARTS))
    assert provider.delivered.total() == 1


async def test_template_that_is_not_registered_is_refused_content(tmp_path: Path) -> None:
    """Before anything is asked: it stops the template, and no other."""
    async with connect("tencent", Channel.SMS, tmp_path) as (gateway, provider, _):
        with pytest.raises(GatewayRefusedError) as refused:
            await gateway.send(message(template="visit_reminder"))
        assert refused.value.refusal is ProviderRefusal.CONTENT
        assert not provider.delivered


async def test_registered_value_that_the_words_do_not_have_is_refused_content(
    tmp_path: Path,
) -> None:
    """Such as those of a pinned case: nothing left the house, and that is certain."""
    async with connect("tencent", Channel.SMS, tmp_path) as (gateway, provider, _):
        with pytest.raises(GatewayRefusedError, match=r"^TemplateValueMissing: days$") as refused:
            await gateway.send(message(values={"name": "王芳"}))
        assert refused.value.refusal is ProviderRefusal.CONTENT
        assert not provider.delivered


async def test_words_that_cases_are_pinned_to_are_registered_by_their_version(
    tmp_path: Path,
) -> None:
    """Else they would read others than are on record."""
    async with connect("tencent", Channel.SMS, tmp_path) as (gateway, provider, _):
        await gateway.send(message(template="visit_reminder", template_version=OLDER_WORDS))
        with pytest.raises(GatewayRefusedError, match="TemplateNotRegistered"):
            await gateway.send(message(template="visit_reminder", template_version="new"))
    assert provider.delivered.total() == 1


async def test_query_that_hides_our_reference_is_no_proof(tmp_path: Path) -> None:
    """Tencent's, unless its support has switched that on."""
    async with connect("tencent", Channel.SMS, tmp_path) as (gateway, provider, _):
        provider.echoes = False  # type: ignore[attr-defined]
        await gateway.send(message())
        assert await gateway.find(sought()) is None
        assert gateway.no_counts_after is None
