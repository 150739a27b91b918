"""Delivers one event to a loan's workflow and waits, not for ever, for the answer."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from temporal.names import DELIVER, workflow_id

ANSWER_WITHIN = timedelta(seconds=30)  # a loan whose worker is away does not hold up its caller


class NoAnswerError(Exception):
    """There is no answer, for the reason that the text gives."""


class LateAnswerError(NoAnswerError):
    """None in time: the event may still be taken in."""


async def deliver(
    client: Client, loan_id: str, event: dict[str, Any], answer_within: timedelta = ANSWER_WITHIN
) -> dict[str, Any]:
    """What became of an event, which carries its name.

    Raises:
        NoAnswerError: when no answer came within `answer_within`.
    """
    handle = client.get_workflow_handle(workflow_id(loan_id))
    try:
        async with asyncio.timeout(answer_within.total_seconds()):
            answer: dict[str, Any] = await handle.execute_update(DELIVER, event)
    # The client answers a wait that is cut short with an error of its own.
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise LateAnswerError(
            f"no answer within {answer_within.seconds} s: is a worker running?"
        ) from error
    except (RPCError, WorkflowUpdateFailedError) as error:
        raise NoAnswerError(why_no_answer(error)) from error
    return answer


def why_no_answer(error: Exception) -> str:
    """The reason, in words of this service where it has some."""
    if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
        return "no collection is running for this loan"
    return f"no answer: {error}"
