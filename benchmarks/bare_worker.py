"""A worker of bare workflows, built as the product's is; alone in a process where that matters.

python -m benchmarks.bare_worker
"""

import asyncio

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from benchmarks.bare import BareSteps, BareWait, do_nothing
from commands.command_line import run_command
from commands.worker import PASSED_THROUGH
from temporal.client import connect_temporal

BARE_QUEUE = "bare"


def build_bare_worker(client: Client) -> Worker:
    """A worker on the bare queue."""
    return Worker(
        client,
        task_queue=BARE_QUEUE,
        workflows=[BareSteps, BareWait],
        activities=[do_nothing],
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(
                *PASSED_THROUGH, "benchmarks"
            )
        ),
    )


async def _run() -> int:
    async with build_bare_worker(await connect_temporal()):
        await asyncio.Event().wait()
    return 0


if __name__ == "__main__":
    run_command(_run())
