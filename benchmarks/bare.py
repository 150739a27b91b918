"""The bare workflows that the product is measured against."""

from collections import deque
from datetime import timedelta

from temporalio import activity, workflow

from database.sql import Pool

with workflow.unsafe.imports_passed_through():
    from domain.case.state import LONG_HISTORY_EVENTS

DAY = timedelta(seconds=1)  # real length of a business day: the timer of each step


class Done:
    """How many empty activities were done."""

    total = 0


done = Done()


@activity.defn
async def do_nothing() -> None:
    """The empty activity."""
    done.total += 1


@workflow.defn
class BareSteps:
    """A timer and an empty activity, for ever; as short a history as the product keeps."""

    @workflow.run
    async def run(self) -> None:
        """Until terminated."""
        while workflow.info().get_current_history_length() < LONG_HISTORY_EVENTS:
            await workflow.sleep(DAY)
            await workflow.execute_activity(
                do_nothing, start_to_close_timeout=timedelta(seconds=30)
            )
        workflow.continue_as_new()


@workflow.defn
class BareWait:
    """Waits, as a loan does between two contacts."""

    @workflow.run
    async def run(self) -> None:
        """Until terminated, or a year."""
        await workflow.sleep(timedelta(days=365))


class BareRecord:
    """The least that a signal can do to the record: one row."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @activity.defn
    async def keep(self, signal_id: str) -> None:
        """Insert the row; committed when this returns."""
        await self._pool.execute("INSERT INTO bare_effects VALUES ($1)", signal_id)


@workflow.defn
class BareInbox:
    """Takes signals in, one after the other, each by one activity."""

    def __init__(self) -> None:
        self._waiting = deque[str]()

    @workflow.run
    async def run(self) -> None:
        """Until terminated."""
        while True:
            await workflow.wait_condition(lambda: bool(self._waiting))
            await workflow.execute_activity_method(
                BareRecord.keep,
                self._waiting.popleft(),
                start_to_close_timeout=timedelta(seconds=30),
            )

    @workflow.signal
    def take(self, signal_id: str) -> None:
        """One more."""
        self._waiting.append(signal_id)
