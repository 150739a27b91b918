"""A small book under the shipped policy."""

from datetime import timedelta
from pathlib import Path

import pytest

from commands.ops.planning.simulate import TAPE
from domain.policy.policy import Policy
from policies.reader import read_policy
from runtime.release import RELEASE
from runtime.settings import CHINA_POLICY
from simulation.run import Simulation
from simulation.world.behaviours import SHIPPED, read_behaviours
from simulation.world.book import Book, read_book
from tests.support.simulation.policies import Simulate


@pytest.fixture(scope="session")
def shipped() -> Policy:
    """The shipped policy."""
    return read_policy(CHINA_POLICY)


@pytest.fixture(scope="session")
def book(shipped: Policy) -> Book:
    """The shipped tape, its overdue loans first: few loans, and much to do."""
    read = read_book(TAPE, shipped.effective_from, "CN")
    rows = sorted(read.rows, key=lambda row: -row.days_past_due())
    return read._replace(rows=rows)


@pytest.fixture(scope="session")
def simulation(shipped: Policy, book: Book) -> Simulate:
    """A simulation of so many loans and days."""

    def build(
        *policies: Policy, loans: int = 40, days: int = 90, seed: int = 1, file: Path = SHIPPED
    ) -> Simulation:
        return Simulation(
            policies=policies or (shipped,),
            behaviours=read_behaviours(file),
            book=book,
            loans=loans,
            seed=seed,
            ends=book.begins + timedelta(days=days),
            release=RELEASE,
        )

    return build


@pytest.fixture(scope="session")
def silent() -> Path:
    """Behaviours of people who do nothing."""
    return SHIPPED.with_name("silent.yaml")
