"""The worker dies at every boundary of an activity, and in every wait: the record stays the same.

In the suite one life dies at every boundary. `CRASH_POINTS=each` gives each death a life of its
own, those in a wait too (`make crash-points`).
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import pytest
from temporalio.service import RPCError

from database.sql import open_pool
from domain.policy.policy import Policy
from embedded.postgres import EmbeddedPostgres
from tests.support.crash.boundaries import Boundaries, Boundary
from tests.support.crash.reference_lives import REFERENCES, Reference
from tests.support.crash.score import Score, Wait, WrittenLife, play
from tests.support.crash.snapshot import Snapshot, differences, take_snapshot
from tests.support.databases import fresh_database
from tests.support.gateways import simulated_gateways
from tests.support.lives.life import Life
from tests.support.lives.lives import Lives
from tests.support.lives.shift import Shift
from tests.support.lives.time_skipping import time_skipping

EACH = os.environ.get("CRASH_POINTS") == "each"
TRIES = 4
SHARES = 4  # of the lives of one reference, for as many processes
with_references = pytest.mark.parametrize(
    "reference", REFERENCES if EACH else REFERENCES[:1], ids=str
)


Place = TypeVar("Place")
Deadly = Callable[[Place], bool]


def _nowhere(place: object) -> bool:
    return False


def _everywhere(place: object) -> bool:
    return True


class Laboratory:
    """Where a reference life is lived, each time with a database and a server of its own."""

    def __init__(self, postgres: EmbeddedPostgres, policy: Policy) -> None:
        self._postgres = postgres
        self._policy = policy

    async def undisturbed(self, reference: Reference) -> tuple[Snapshot, Score, list[Boundary]]:
        """What is on record at the end; what was said when; the boundaries passed."""
        seen = Boundaries(_nowhere)
        async with self._begun(reference, seen) as (begun, _):
            life = WrittenLife.of(begun)
            await reference.live(life)
            assert await life.outcome() == reference.outcome
            return await take_snapshot(life.pool), life.score, seen.reached

    async def disturbed(
        self, reference: Reference, score: Score, at: Deadly[Boundary]
    ) -> tuple[Snapshot, list[Boundary]]:
        """What is on record at the end of a life with deaths in it; the deadly boundaries."""
        boundaries = Boundaries(at)
        async with self._begun(reference, boundaries) as (life, shift):
            await play(life, score, shift, _nowhere)
            assert await life.outcome() == reference.outcome
            return await take_snapshot(life.pool), boundaries.deaths

    async def left_alone(self, reference: Reference, score: Score, wait: int) -> Snapshot:
        """What is on record at the end of a life whose worker dies in a wait.

        The test server now and then loses the task of a worker that dies: live once more.
        """
        for _ in range(TRIES - 1):
            with suppress(RPCError):
                return await self._left_alone(reference, score, wait)
        return await self._left_alone(reference, score, wait)

    async def _left_alone(self, reference: Reference, score: Score, wait: int) -> Snapshot:
        async with self._begun(reference, Boundaries(_nowhere), forgets=True) as (life, shift):
            await play(life, score, shift, wait.__eq__)
            assert await life.outcome() == reference.outcome
            return await take_snapshot(life.pool)

    @asynccontextmanager
    async def _begun(
        self, reference: Reference, boundaries: Boundaries, *, forgets: bool = False
    ) -> AsyncIterator[tuple[Life, Shift]]:
        async with (
            time_skipping() as env,
            fresh_database(self._postgres) as url,
            await open_pool(url) as pool,
        ):
            gateways = simulated_gateways(pool)
            name = str(reference)
            async with Lives(env, pool, self._policy, gateways, recorded_as=name) as lives:
                lives.shift.intercept(boundaries)
                if forgets:
                    lives.shift.forget()
                yield await lives.start(reference.begins_at), lives.shift


@pytest.fixture
def laboratory(postgres: EmbeddedPostgres, policy: Policy) -> Laboratory:
    return Laboratory(postgres, policy)


@with_references
async def test_deaths_at_every_boundary_leave_no_trace(
    laboratory: Laboratory, reference: Reference
) -> None:
    """Before each activity and after its effect, one after the other in one life."""
    undisturbed, score, boundaries = await laboratory.undisturbed(reference)
    disturbed, deaths = await laboratory.disturbed(reference, score, _everywhere)
    assert differences(undisturbed, disturbed) == []
    assert set(deaths) == set(boundaries)


@pytest.mark.skipif(not EACH, reason="CRASH_POINTS=each: a life for each, many minutes")
@pytest.mark.parametrize("share", range(SHARES))
@with_references
async def test_each_death_alone_leaves_no_trace(
    laboratory: Laboratory, reference: Reference, share: int
) -> None:
    """As many lives as there are boundaries and waits, shared out."""
    undisturbed, score, boundaries = await laboratory.undisturbed(reference)
    waits = range(1, 1 + sum(isinstance(each, Wait) for each in score))
    of_share, waits_of_share = boundaries[share::SHARES], waits[share::SHARES]
    found: list[str] = []
    for boundary in of_share:
        disturbed, deaths = await laboratory.disturbed(reference, score, boundary.__eq__)
        assert deaths == [boundary]
        found += [f"death {boundary}: {each}" for each in differences(undisturbed, disturbed)]
    for wait in waits_of_share:
        alone = await laboratory.left_alone(reference, score, wait)
        found += [f"death in wait {wait}: {each}" for each in differences(undisturbed, alone)]
    print(  # noqa: T201
        f"\n{reference}: {len(of_share)} of {len(boundaries)} boundaries,"
        f" {len(waits_of_share)} of {len(waits)} waits, {len(found)} traces"
    )
    assert found == []
