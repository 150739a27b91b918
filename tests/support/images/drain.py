"""The step that ends the worker in the middle of its work."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.images.loans import PATIENCE_SECONDS, SECOND, expect, import_loan, wait_for_sql
from tests.support.images.stack import Stack
from tests.support.images.transcript import RedError

# A provider has to answer within 15 seconds, and the database stands in for it here.
_HELD_SECONDS = 5


def worker_drains(stack: Stack, say: Callable[[str], None]) -> None:
    """On SIGTERM the worker lets an activity finish that is under way, then ends with 0."""
    import_loan(stack, SECOND)
    with _outbox_locked(stack) as release:
        stack.execute("worker", "python", "starter.py", "scan")
        blocked = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' LIMIT 1"
        wait_for_sql(stack, blocked, "an activity in the middle of its contact")
        stopping = stack.stopping("worker")
        _see_alive(stack, stopping)
        say(f"still working {_HELD_SECONDS} s after SIGTERM, its activity not done")
        release()
    stopping.wait(PATIENCE_SECONDS)
    expect(stack.exit_code("worker"), 0)
    expect(_contacts_completed(stack), [1])
    sent = f"SELECT count(*) FROM contact_attempts WHERE loan_id = '{SECOND}' AND status = 'sent'"
    expect(stack.sql(sent), "1")
    say("the contact was made at the first try and reported; the worker ended with 0")


@contextmanager
def _outbox_locked(stack: Stack) -> Iterator[Callable[[], None]]:
    """Nobody can write to the simulated provider's outbox until the given function is called."""
    session = stack.session()
    assert session.stdin is not None
    session.stdin.write("BEGIN; LOCK TABLE simulated_outbox IN ACCESS EXCLUSIVE MODE;\n")
    session.stdin.flush()
    held = "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted LIMIT 1"
    try:
        wait_for_sql(stack, held, "the outbox is locked")
        yield session.stdin.close  # a session that ends gives its locks back
    finally:
        session.stdin.close()
        session.wait(PATIENCE_SECONDS)


def _see_alive(stack: Stack, stopping: "subprocess.Popen[bytes]") -> None:
    """The worker goes on although it is asked to end.

    Raises:
        RedError: when it ends in the middle of its activity.
    """
    try:
        stopping.wait(_HELD_SECONDS)
    except subprocess.TimeoutExpired:
        return
    code = stack.exit_code("worker")
    raise RedError(f"the worker ended with {code} in the middle of an activity")


def _contacts_completed(stack: Stack) -> list[int]:
    """At which try each contact of the second loan's run was completed."""
    shown = stack.temporal("workflow", "show", "--workflow-id", f"loan-{SECOND}")["events"]
    by_id = {each["eventId"]: each for each in shown}
    tries = []
    for event in shown:
        end = event.get("activityTaskCompletedEventAttributes")
        if end and _activity(by_id[end["scheduledEventId"]]) == "contact_borrower":
            start = by_id[end["startedEventId"]]["activityTaskStartedEventAttributes"]
            tries.append(int(start["attempt"]))
    return tries


def _activity(scheduled: dict[str, Any]) -> str:
    name: str = scheduled["activityTaskScheduledEventAttributes"]["activityType"]["name"]
    return name
