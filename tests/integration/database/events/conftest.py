"""A case whose events are recorded."""

import pytest

from database.sql import Pool
from tests.support.recorder import LOAN, Recorder
from tests.support.world import OpenCase


@pytest.fixture
async def record(pool: Pool, open_case: OpenCase) -> Recorder:
    """Forty days past due."""
    return Recorder(pool, await open_case(LOAN, 40))
