"""Is the visitor ours? A hotline asks by starting this workflow, on the connection it has."""

from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.visitor_activities import Check, VisitorActivities
    from domain.events import UnreadableEventError, read_json
    from domain.visitors import UnreadableQuestionError, VisitorQuestion, read_question
    from workflows.names import VISITOR_CHECK
    from workflows.options import DATABASE


# Whatever is wrong ends the check: nobody at the hotline waits for a repair.
@workflow.defn(name=VISITOR_CHECK, failure_exception_types=[Exception])
class VisitorCheck:
    """`{"visit_code", "badge_id", "caller"}` is answered with `{"answer", "retry_at"}`."""

    @workflow.run
    async def run(self, body: RawValue | None = None) -> dict[str, Any]:
        """Answer one question; `answer` is null when `retry_at` says when to ask again.

        Raises:
            ApplicationError: `BadQuestion`, naming every wrong field and the reason.
        """
        check = Check(check_id=workflow.info().run_id, question=_question(body))
        result = await workflow.execute_activity_method(
            VisitorActivities.check_visitor, check, **DATABASE
        )
        return result.model_dump(mode="json")


def _question(body: RawValue | None) -> VisitorQuestion:
    try:
        return read_question(None if body is None else read_json(body.payload.data))
    except (UnreadableQuestionError, UnreadableEventError) as error:
        raise ApplicationError(str(error), type="BadQuestion", non_retryable=True) from None
