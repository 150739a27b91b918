"""What each provider refuses has its class, and calls keep their parts apart."""

from pathlib import Path
from typing import get_args

import pytest

from activities.business_time import real_time
from domain.contact.delivery import ProviderRefusal
from domain.policy.contact import Channel
from gateways.choice import choose_gateways
from gateways.protocol import GatewayRefusedError, Part
from runtime.settings import GatewayName
from tests.support.gateways import Fault
from tests.support.providers.infobip import Infobip
from tests.support.providers.lines import NoOutbox, connect, message, settings_of, sought
from tests.support.providers.stand_in import Asked, StandIn

REAL = sorted(set(get_args(GatewayName)) - {"simulated"})
CLASSES = [each for each in ProviderRefusal if each is not ProviderRefusal.NUMBER_TODAY]
PARTS = (Part("opening", "您好"), Part("after_yes", "您的借款已逾期"))


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
    assert all(part.name in told and part.text in told for part in PARTS)
    assert "您好, hello" not in told or name == "webhook"


async def test_call_in_parts_is_not_made_by_who_cannot_lead_it(tmp_path: Path) -> None:
    """Without a scenario the parts would all be spoken at once."""
    async with Infobip() as provider:
        given = settings_of(provider.url, tmp_path)
        given = given.model_copy(update={"infobip_call_scenario": ""})
        chosen = choose_gateways({Channel.CALL: "infobip"}, NoOutbox(), given, real_time)
        with pytest.raises(GatewayRefusedError, match="INFOBIP_CALL_SCENARIO is not set"):
            await chosen[Channel.CALL].send(message(parts=PARTS))
        await chosen[Channel.CALL].close()
        assert not provider.delivered


async def test_template_that_is_not_registered_is_refused_content(tmp_path: Path) -> None:
    """Before anything is asked: it stops the template, and no other."""
    async with connect("tencent", Channel.SMS, tmp_path) as (gateway, provider, _):
        with pytest.raises(GatewayRefusedError) as refused:
            await gateway.send(message(template="visit_reminder"))
        assert refused.value.refusal is ProviderRefusal.CONTENT
        assert not provider.delivered


async def test_query_that_hides_our_reference_is_no_proof(tmp_path: Path) -> None:
    """Tencent's, unless its support has switched that on."""
    async with connect("tencent", Channel.SMS, tmp_path) as (gateway, provider, _):
        provider.echoes = False  # type: ignore[attr-defined]
        await gateway.send(message())
        assert await gateway.find(sought()) is None
        assert gateway.no_counts_after is None
