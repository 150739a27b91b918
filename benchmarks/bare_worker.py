"""A worker of bare workflows, built as the product's is; alone in a process where that matters.

python -m benchmarks.bare_worker
"""

import asyncio
import os
from collections.abc import Callable
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from benchmarks.bare import BareInbox, BareRecord, BareSteps, BareWait, do_nothing
from commands.command_line import run_command
from database.sql import open_pool
from temporal.client import connect_temporal
from temporal.sandbox import PASSED_THROUGH

BARE_QUEUE = "bare"


def build_bare_worker(client: Client, *more: Callable[..., Any]) -> Worker:
    """A worker on the bare queue; `more` activities than the empty one."""
    return Worker(
        client,
        task_queue=BARE_QUEUE,
        workflows=[BareSteps, BareWait, BareInbox],
        activities=[do_nothing, *more],
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(
                *PASSED_THROUGH, "benchmarks"
            )
        ),
    )


async def _run() -> int:
    async with (
        await open_pool(os.environ["DATABASE_URL"]) as pool,
        build_bare_worker(await connect_temporal(), BareRecord(pool).keep),
    ):
        await asyncio.Event().wait()
    return 0


if __name__ == "__main__":
    run_command(_run())
