"""A gate before a provider that does what it is asked, unless a test says otherwise."""

import pytest

from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.gate.gate import LOAN, Gate
from tests.support.gateways import FakeGateway
from tests.support.world import OpenCase


@pytest.fixture
async def gateway() -> FakeGateway:
    """The provider of the gate."""
    return FakeGateway()


@pytest.fixture
async def gate(pool: Pool, policy: Policy, open_case: OpenCase, gateway: FakeGateway) -> Gate:
    """The gate of a case that is five days past due."""
    return Gate(pool, policy, await open_case(LOAN), gateway)
