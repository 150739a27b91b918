"""The gateway that a test of the contract is run for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from database.sql import Pool
from tests.support.subjects import Subject, bring_up


@pytest.fixture
async def subject(
    request: pytest.FixtureRequest, pool: Pool, tmp_path: Path
) -> AsyncIterator[Subject]:
    """Of the name that the test is parametrised with."""
    async with bring_up(request.param, pool, tmp_path) as brought_up:
        yield brought_up
