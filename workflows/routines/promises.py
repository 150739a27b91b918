"""Promises to pay: each is a wait with a date."""

from datetime import timedelta

from temporalio import workflow

from activities.case_activities import CaseActivities, PromiseResolution
from domain.calendar import opens
from domain.case.facts import Promise, PromiseStatus
from workflows.desk.case_desk import CaseDesk
from workflows.desk.options import DATABASE


async def wait_for_promise(desk: CaseDesk, promise: Promise) -> None:
    """Wait in silence for what was promised; the promise is kept, or broken and noted.

    The end of a hold gives its grace anew. Where nobody could wait (a crew was there, a plan was
    settled), it is found out afterwards what became of it: what was paid too late has not kept it.
    """
    grace = timedelta(days=desk.policy.promise.grace_days.value + 1)
    day = promise.due_on
    if (held_until := desk.facts.last_hold_ended_at) is not None:
        day = max(day, desk.facts.local(held_until).date())
    verify_at = opens(day + grace, desk.policy.contact.planned_hours.value, desk.facts.time_zone)

    def is_kept() -> bool:
        return any(
            open_promise.promise_id == promise.promise_id
            and open_promise.paid_minor >= promise.amount_minor
            for open_promise in desk.facts.promises
        )

    kept = await desk.until_sure(
        is_kept, verify_at, "verify the promise to pay", f"promised for {promise.due_on}"
    )
    status = PromiseStatus.KEPT if kept else PromiseStatus.BROKEN
    desk.learn(
        await workflow.execute_activity_method(
            CaseActivities.resolve_promise,
            PromiseResolution(
                case_id=desk.case.case_id,
                promise_id=promise.promise_id,
                status=status,
                verified_as_of=verify_at,
            ),
            summary="what became of the promise",
            **DATABASE,
        )
    )
