"""The test server of Temporal: its time is skipped while nobody has anything to do."""

import sys
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
