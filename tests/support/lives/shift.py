"""The one worker of a test's lives, which may die and be started again."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from temporalio.client import Client, Interceptor
from temporalio.plugin import SimplePlugin
from temporalio.worker import Worker, WorkerConfig

from domain.clock import BusinessClock


class _Forgetful(SimplePlugin):
    """Each task is replayed from the beginning of its run.

    The test server would give what waits for a worker that remembered, and is dead, to no other.
    """

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """Called for each worker of the client."""
        return {**super().configure_worker(config), "max_cached_workflows": 0}


BuildWorker = Callable[[Client, BusinessClock], Worker]
# The SDK interrupts a workflow that has not yielded for two seconds, wherever it is: on a machine
# with one busy processor that is any of them, and the server's time then stands still.
YIELDS_WITHIN_SECONDS = 30


class Shift:
    """A worker on a clock. Whatever it remembered of its runs is gone once it was stopped."""

    def __init__(self, client: Client, build: BuildWorker) -> None:
        self._client = client
        self._build = build
        self._clock: BusinessClock | None = None
        self._at_work = AsyncExitStack()

    def intercept(self, interceptor: Interceptor) -> None:
        """Whoever starts from now on works under it."""
        config = self._client.config()
        config["interceptors"] = [interceptor]
        self._client = Client(**config)

    def forget(self) -> None:
        """Whoever starts from now on can be replaced at any time."""
        config = self._client.config()
        config["plugins"] = [_Forgetful("forgetful")]
        self._client = Client(**config)

    async def start(self, clock: BusinessClock) -> None:
        self._clock = clock
        worker = self._build(self._client, clock)
        of_workflows = worker._workflow_worker
        assert of_workflows, "nobody takes up workflows"
        assert of_workflows._deadlock_timeout_seconds == 2
        of_workflows._deadlock_timeout_seconds = YIELDS_WITHIN_SECONDS
        await self._at_work.enter_async_context(worker)

    async def stop(self) -> None:
        await self._at_work.aclose()

    async def start_again(self) -> None:
        """Another worker in the place of the one there was, if it is there still."""
        assert self._clock, "nobody was at work"
        await self.stop()
        await self.start(self._clock)
