"""The one way an event takes to its verdict, by whatever door it came.

The loan's workflow judges it. Where the loan has no run because no case is open, the record does,
by the same table and in the same words.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import Client

from database.door.away import away_in_words
from database.event_record import CaseOpenError, Events, UnknownLoanError
from domain.case.events.answer import answer_to
from domain.case.events.judged_event import Verdict
from domain.case.events.without_case import NO_CASE, IncomingEvent, answer_without_case
from domain.policy.policy import Policy
from temporal.delivery import ANSWER_WITHIN, NoAnswerError, NoEventError, NoRunError, deliver


class OnePath:
    """Brings events to their verdict; `now` gives business time."""

    def __init__(
        self, client: Client, events: Events, policy: Policy, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._events = events
        self._policy = policy
        self._now = now

    async def bring(
        self,
        loan_id: str,
        event: dict[str, Any],
        delivery_id: str,
        within: timedelta = ANSWER_WITHIN,
    ) -> dict[str, Any]:
        """What became of an event, which carries its name.

        Raises:
            NoAnswerError: when there is none yet: it may be brought again.
            DatabaseAwayError: the same, while the database is away.
        """
        try:
            return await deliver(self._client, loan_id, event, within, delivery_id)
        except NoEventError as error:
            refused = Verdict(accepted=False, reason=f"LC-CONTRACT: {error}")
            return answer_to(str(event["name"]), None, refused, NO_CASE)
        except NoRunError as error:
            incoming = IncomingEvent(str(event["name"]), event, delivery_id)
            return await self._without_run(loan_id, incoming, error)

    async def _without_run(
        self, loan_id: str, incoming: IncomingEvent, error: NoRunError
    ) -> dict[str, Any]:
        try:
            with away_in_words():
                verdict = await self._events.record_without_case(
                    loan_id, incoming, self._policy, self._now
                )
        except CaseOpenError:
            raise NoAnswerError(f"{error}, and its case is open") from error
        except UnknownLoanError:
            raise NoAnswerError("there is no such loan") from error
        return answer_without_case(incoming, verdict)
