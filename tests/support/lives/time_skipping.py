"""The test server of Temporal: its time is skipped while nobody has anything to do."""

import sys
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from temporal.converter import DATA_CONVERTER

TEST_SERVER = Path(sys.executable).parent / "temporal-test-server"


async def start_time_skipping() -> WorkflowEnvironment:
    """A server of its own, with a client that speaks our models; an async context manager."""
    return await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(TEST_SERVER), data_converter=DATA_CONVERTER
    )
