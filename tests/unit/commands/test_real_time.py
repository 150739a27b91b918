"""A drill's clock and a provider that sends what it gets twice do not go together."""

from datetime import timedelta

import pytest

from commands.worker import see_real_time
from domain.clock import BusinessClock
from domain.policy.contact import Channel
from runtime.settings import Settings, SettingsError
from tests.support.gate.gate import NOON
from tests.support.gateways import FakeGateway

FAST = BusinessClock(started_at=NOON, origin=NOON, day_length=timedelta(seconds=2))


def _settings(clock: BusinessClock) -> Settings:
    return Settings.model_construct(business_clock=clock)


def test_fast_clock_is_refused_with_a_provider_that_sends_twice() -> None:
    """Ten minutes of its day are over before the provider's own query knows what it took."""
    with pytest.raises(SettingsError, match=r"^CALL_GATEWAY is wrong: .* BUSINESS_CLOCK=real$"):
        see_real_time(_settings(FAST), {Channel.CALL: FakeGateway()})


def test_everything_else_goes_together() -> None:
    """Real time with any, and any clock with who takes a reference once."""
    see_real_time(_settings(BusinessClock()), {Channel.SMS: FakeGateway()})
    see_real_time(_settings(FAST), {Channel.SMS: FakeGateway(takes_once=True)})
