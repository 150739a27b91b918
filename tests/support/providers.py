"""Providers for tests that run the real gate."""

from collections.abc import Mapping

from database.contact.simulated_outbox import SimulatedOutbox
from database.sql import Pool
from domain.policy.contact import Channel
from gateways.choice import choose_gateways
from gateways.protocol import Gateway


def simulated_gateways(pool: Pool) -> Mapping[Channel, Gateway]:
    """Both channels by the simulated provider."""
    return choose_gateways(dict.fromkeys(Channel, "simulated"), SimulatedOutbox(pool))
