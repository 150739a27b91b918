"""Which provider serves which channel: the only place that reads a provider's name."""

from collections.abc import Mapping
from typing import assert_never

from domain.policy.contact import Channel
from gateways.protocol import Gateway
from gateways.simulated import Outbox, SimulatedGateway
from runtime.settings import GatewayName


def choose_gateways(
    names: Mapping[Channel, GatewayName], outbox: Outbox
) -> Mapping[Channel, Gateway]:
    """The provider of each channel by its name; `outbox` is where simulated ones keep them."""
    return {channel: _gateway(name, channel, outbox) for channel, name in names.items()}


def _gateway(name: GatewayName, channel: Channel, outbox: Outbox) -> Gateway:
    match name:
        case "simulated":
            return SimulatedGateway(channel, outbox)
    assert_never(name)
