"""How far the demo lies behind its clock: on a machine that is too slow, everything comes late."""

from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from database.sql import Pool
from domain.clock import BusinessClock
from temporal.names import TASK_QUEUE

# Who reports from out of reach is late on purpose.
_LAST_EVENTS = """
    SELECT occurred_at, received_at FROM case_events
    WHERE source <> 'crew-app-offline' AND received_at > $1
    ORDER BY sequence DESC LIMIT 40
"""
_OLDEST_WAITING = """
    SELECT (SELECT min(received_at) FROM inbox WHERE answer IS NULL) AS event,
           (SELECT min(n.written_at) FROM news_deliveries d JOIN news n USING (news_id)
            WHERE d.state = 'waiting') AS news
"""
_LATELY = timedelta(days=3)
_FEW = 5  # events say nothing yet
_KINDS = (
    TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
)


class Lag(NamedTuple):
    """In real time: from an event to its place on record; of the oldest task in the queue.

    And of the oldest event at the door without a verdict, of the oldest news without a taker.
    """

    events: timedelta
    queue: timedelta
    door: timedelta
    news: timedelta

    @property
    def worst(self) -> timedelta:
        return max(self)


async def measure_lag(pool: Pool, client: Client, clock: BusinessClock, now: datetime) -> Lag:
    """The lag of the last days, the median of their events; `now` is business time."""
    rows = await pool.fetch(_LAST_EVENTS, now - _LATELY)
    late = [
        (clock.real(row["received_at"]) - clock.real(row["occurred_at"])).total_seconds()
        for row in rows
    ]
    events = timedelta(seconds=median(late)) if len(late) >= _FEW else timedelta(0)
    queue = max([await _oldest(client, kind) for kind in _KINDS])
    return Lag(events, queue, *await _waiting(pool, clock, now))


async def _waiting(pool: Pool, clock: BusinessClock, now: datetime) -> tuple[timedelta, timedelta]:
    """How long the oldest event has been in the inbox, and the oldest news in the outbox."""
    row = await pool.fetchrow(_OLDEST_WAITING)
    assert row is not None  # noqa: S101  (it has no table: it always answers)
    real_now = clock.real(now)
    event_at = real_now if row["event"] is None else clock.real(row["event"])
    return real_now - event_at, real_now - (row["news"] or real_now)


async def _oldest(client: Client, kind: "TaskQueueType.ValueType") -> timedelta:
    """How long the oldest task of a kind has been waiting for the worker."""
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=kind,
            report_stats=True,
        )
    )
    return answer.stats.approximate_backlog_age.ToTimedelta()
