"""Is the visitor ours? A hotline asks by starting this workflow, on the connection it has."""

from typing import Any

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.visitor_activities import Check, VisitorActivities
    from domain.events import UnreadableEventError, read_json
    from domain.visit.visitors import UnreadableQuestionError, VisitorQuestion, read_question
    from temporal.names import VISITOR_CHECK
    from workflows.desk.options import DATABASE


# Of a check that is started without an argument; a type that allows for None is not read raw.
_NOTHING = RawValue(Payload(data=b"null"))


# Whatever is wrong ends the check: nobody at the hotline waits for a repair.
@workflow.defn(name=VISITOR_CHECK, failure_exception_types=[Exception])
class VisitorCheck:
    """`{"visit_code", "badge_id", "caller"}` is answered with `{"answer", "retry_at"}`."""

    @workflow.run
    async def run(self, body: RawValue = _NOTHING) -> dict[str, Any]:
        """Answer one question; `answer` is null when `retry_at` says when to ask again.

        Raises:
            ApplicationError: `BadQuestion`, naming every wrong field and the reason.
        """
        check = Check(check_id=workflow.info().run_id, question=_question(body))
        result = await workflow.execute_activity_method(
            VisitorActivities.check_visitor, check, **DATABASE
        )
        return result.model_dump(mode="json")


def _question(body: RawValue) -> VisitorQuestion:
    try:
        return read_question(read_json(body.payload.data))
    except (UnreadableQuestionError, UnreadableEventError) as error:
        raise ApplicationError(str(error), type="BadQuestion", non_retryable=True) from None
