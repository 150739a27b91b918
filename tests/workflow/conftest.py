"""A whole life in seconds: the time-skipping Temporal server, and a real Postgres."""

from collections.abc import AsyncIterator, Mapping

import pytest
from temporalio.testing import WorkflowEnvironment

from database.sql import Pool
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from gateways.protocol import Gateway
from tests.support.gateways import Fault, simulated_gateways
from tests.support.lives.life import RIPE, Life, StartLife
from tests.support.lives.lives import Lives
from tests.support.lives.time_skipping import time_skipping


@pytest.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """A server whose time is skipped, for every life of the run."""
    async with time_skipping() as env:
        yield env


@pytest.fixture
def faults() -> set[Fault]:
    """What providers fail in from now on, where a module's are `failing_gateways`."""
    return set()


@pytest.fixture
def gateways(pool: Pool) -> Mapping[Channel, Gateway]:
    """The providers; a test module with others has a fixture of this name."""
    return simulated_gateways(pool)


@pytest.fixture
async def lives(
    env: WorkflowEnvironment,
    pool: Pool,
    policy: Policy,
    gateways: Mapping[Channel, Gateway],
    request: pytest.FixtureRequest,
) -> AsyncIterator[Lives]:
    """Lives of one worker; what came of them is audited."""
    async with Lives(env, pool, policy, gateways, recorded_as=request.node.name) as lives:
        yield lives


@pytest.fixture
def start_life(lives: Lives) -> StartLife:
    """Starts the workflow of a loan at a number of days past due."""
    return lives.start


@pytest.fixture
async def life(start_life: StartLife) -> Life:
    """A loan for which SMS and calls were tried and did not work."""
    return await start_life(RIPE, tried=True)
