"""Delivers one event to a loan's workflow and waits, not for ever, for the answer."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.events import TOO_LARGE, UnreadableEventError, in_utf8, is_too_large
from temporal.names import DELIVER, workflow_id

ANSWER_WITHIN = timedelta(seconds=30)  # a loan whose worker is away does not hold up its caller

_DESCRIBED_WITHIN = timedelta(seconds=5)


class NoAnswerError(Exception):
    """There is no answer, for the reason that the text gives."""


class LateAnswerError(NoAnswerError):
    """None in time: the event may still be taken in."""


class NoRunError(NoAnswerError):
    """No collection is running for the loan."""


class NoEventError(NoAnswerError):
    """What was to be delivered is no event, and never will be one."""


async def deliver(
    client: Client,
    loan_id: str,
    event: dict[str, Any],
    answer_within: timedelta = ANSWER_WITHIN,
    delivery_id: str | None = None,
) -> dict[str, Any]:
    """What became of an event, which carries its name.

    Two deliveries of one `delivery_id` to one run are one.

    Raises:
        NoRunError: when the loan has no run.
        NoEventError: when it cannot be written as JSON, or is larger than a run takes in.
        NoAnswerError: when no answer came within `answer_within`.
    """
    handle = client.get_workflow_handle(workflow_id(loan_id))
    if (problem := _why_no_event(event)) is not None:
        raise NoEventError(problem)
    try:
        async with asyncio.timeout(answer_within.total_seconds()):
            answer: dict[str, Any] = await handle.execute_update(DELIVER, event, id=delivery_id)
    # The client answers a wait that is cut short with an error of its own.
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        reason = await _what_is_tried(handle) or "is a worker running?"
        raise LateAnswerError(f"no answer within {answer_within.seconds} s: {reason}") from error
    except (RPCError, WorkflowUpdateFailedError) as error:
        kind = NoRunError if is_not_found(error) else NoAnswerError
        raise kind(why_no_answer(error)) from error
    except RuntimeError as error:  # a client that connects when it is first used
        raise NoAnswerError(f"no answer: {error}") from error
    return answer


def _why_no_event(event: dict[str, Any]) -> str | None:
    try:
        in_utf8(event)
    except UnreadableEventError as error:
        return f"it is not JSON: {error}"
    return TOO_LARGE if is_too_large([event]) else None


async def _what_is_tried(handle: WorkflowHandle[Any, Any]) -> str:
    """What the loan's activities last failed of, such as a database that is away; or nothing."""
    try:
        described = await handle.describe(rpc_timeout=_DESCRIBED_WITHIN)
    except RPCError:
        return ""
    failing = [each for each in described.raw_description.pending_activities if each.attempt > 1]
    failing = [each for each in failing if each.last_failure.message]
    if not failing:
        return ""
    last = max(failing, key=lambda each: each.attempt)
    return f"{last.last_failure.message} (tried {last.attempt} times, and will be again)."


def why_no_answer(error: Exception) -> str:
    """The reason, in words of this service where it has some."""
    if is_not_found(error):
        return "no collection is running for this loan"
    return f"no answer: {error}"


def is_not_found(error: Exception) -> bool:
    """Whether Temporal has no such workflow."""
    return isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND
