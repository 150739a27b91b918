"""The test server of Temporal: its time is skipped while nobody has anything to do."""

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.testservice.v1 import SleepRequest
from temporalio.testing import WorkflowEnvironment

from temporal.converter import DATA_CONVERTER
from temporal.search_attributes import SEARCH_ATTRIBUTES

MOMENT = timedelta(seconds=1)
MOST_MOMENTS = 8  # real seconds, of something that is kept waiting on purpose
SKIPS_WITHIN = timedelta(minutes=2)  # what the lives on it do meanwhile takes real time
TEST_SERVER = Path(sys.executable).parent / "temporal-test-server"


@asynccontextmanager
async def time_skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own that knows our search attributes, with a client that speaks our models.

    Its time only goes forward.
    """
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(TEST_SERVER), data_converter=DATA_CONVERTER
    ) as env:
        request = AddSearchAttributesRequest()
        for key in SEARCH_ATTRIBUTES:
            request.search_attributes[key.name] = IndexedValueType.ValueType(key.indexed_value_type)
        await env.client.operator_service.add_search_attributes(request)
        yield env


async def skip_time(env: WorkflowEnvironment, length: timedelta) -> None:
    """Let the server's time pass, or real time where that is the server's.

    `env.sleep` waits as long as for any request. One that is given up goes on in the server, whose
    time nobody else can skip meanwhile.
    """
    if not env.supports_time_skipping:
        await env.sleep(length)
        return
    request = SleepRequest()
    request.duration.FromTimedelta(length)
    await env.client.service_client.test_service.unlock_time_skipping_with_sleep(
        request, timeout=SKIPS_WITHIN
    )


async def settle(env: WorkflowEnvironment) -> None:
    """Let a moment pass that is skipped: then nobody has anything in hand any more.

    While somebody has, the server's time goes as real time does, and on a busy machine a moment is
    too short for what is to be done in it.
    """
    for _ in range(MOST_MOMENTS if env.supports_time_skipping else 1):
        began = time.monotonic()
        await skip_time(env, MOMENT)
        if time.monotonic() - began < MOMENT.total_seconds() / 2:
            return
