"""Moves open cases to a policy, one event a case, no faster than asked."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress
from temporalio.client import Client

from database.policy.adoption import CaseToMove
from temporal.delivery import NoAnswerError, deliver

AT_ONCE = 100


class Failure(NamedTuple):
    """A case that was not moved, and why."""

    case: CaseToMove
    reason: str


async def adopt(
    client: Client,
    version: str,
    cases: list[CaseToMove],
    rate: float,
    now: Callable[[], datetime],
) -> list[Failure]:
    """Send `policy_adopted` to each case, at most `rate` a second; answers with what failed.

    A case counts the event once, so that a run that was cut short is simply started again.
    """
    at_once = asyncio.Semaphore(AT_ONCE)
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("adopting", total=len(cases))

        async def move(case: CaseToMove) -> Failure | None:
            async with at_once:
                reason = await _send(client, version, case, now())
            progress.advance(task)
            return None if reason is None else Failure(case, reason)

        moves = []
        for case in cases:
            moves.append(asyncio.create_task(move(case)))
            await asyncio.sleep(1 / rate)
        results = await asyncio.gather(*moves)
    return [failure for failure in results if failure is not None]


async def _send(client: Client, version: str, case: CaseToMove, now: datetime) -> str | None:
    """The reason why the case has not adopted the policy; None when it has."""
    event = {
        "name": "policy_adopted",
        "event_id": case.event_id,
        "occurred_at": now.isoformat(),
        "source": "ops",
        "policy_version": version,
    }
    try:
        answer = await deliver(client, case.loan_id, event)
    except NoAnswerError as error:
        return str(error)
    return None if answer["accepted"] else str(answer["reason"])
