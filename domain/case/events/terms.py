"""What the record of an event needs to know of the case: its visit, its waiver, its time limit."""

from datetime import datetime, timedelta

from domain import events
from domain.case.complaints import extended_answer_due
from domain.case.situation import Situation
from domain.plan.authority import WaiverRequest, request_waiver


def visit_under_way(event: events.Event, situation: Situation) -> str | None:
    """The id of the visit that is applied for or made right now."""
    return situation.case.visit.visit_id if situation.case.visit else None


def next_visit_id(event: events.Event, situation: Situation) -> str:
    """The id that the next visit applied for will have."""
    return f"{situation.case.case_id}:visit-{situation.case.applications + 1}"


def no_waiver(event: events.Event, situation: Situation) -> None:
    """The event decides on none."""


def no_plan(event: events.Event, situation: Situation) -> None:
    """The event proposes none."""


def waiver_of_plan(event: events.Event, situation: Situation) -> WaiverRequest | None:
    """The waiver of the plan that is decided on, beside what each level may grant."""
    plan = situation.case.plan_at_hand
    return None if plan is None else request_waiver(plan.plan, situation.policy.plan)


def never(event: events.Event, situation: Situation) -> None:
    """What the event starts does not run out."""


def approval_expiry(event: events.VisitApproved, situation: Situation) -> datetime:
    """When an approval expires: it counts from when it was given, however late it comes."""
    given_at = situation.happened_at(event.occurred_at)
    return given_at + timedelta(days=situation.policy.visit.approval_valid_days.value)


def complaint_answer_due(event: events.ComplaintFiled, situation: Situation) -> datetime:
    """When a complaint is to be answered: so many days from when it was filed."""
    filed_at = situation.happened_at(event.occurred_at)
    return filed_at + timedelta(days=situation.policy.aftercare.complaint_answer_days.value)


def extended_complaint_answer_due(
    event: events.ComplaintExtended, situation: Situation
) -> datetime | None:
    """When it is due after this extension. None for one that is not open: the record refuses it."""
    rules = situation.policy.aftercare
    return next(
        (
            extended_answer_due(complaint, rules)
            for complaint in situation.facts.complaints
            if complaint.complaint_id == event.complaint_id
        ),
        None,
    )
