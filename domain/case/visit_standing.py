"""Does the visit under way still stand? What speaks against it between application and check-in."""

from domain.case.situation import Situation
from domain.case.state import Answer, Stage, VisitState
from domain.debt.money import format_money
from domain.identity import people_of
from domain.policy.rule import WHOLE


def stands_no_more(situation: Situation) -> bool:
    """Whether the visit cannot go on as it was arranged."""
    return is_off(situation) or crew_is_barred(situation) or approval_is_void(situation)


def is_off(situation: Situation) -> bool:
    """Whether there will be no visit: it was withdrawn, or the borrower wants none any more."""
    visit = situation.case.visit
    if visit is None or has_begun(visit):
        return False
    return visit.called_off_as is not None or situation.facts.visit_blocked


def crew_is_barred(situation: Situation) -> bool:
    """Whether one of the booked crew may not visit this borrower any more."""
    visit = situation.case.visit
    if visit is None or visit.slot is None or has_begun(visit):
        return False
    return bool(people_of(situation.facts.barred_badge_ids) & people_of(visit.slot.badge_ids))


def negotiated_by_barred(situation: Situation) -> bool:
    """Whether a plan that nobody has signed was negotiated by somebody barred from the borrower.

    They were barred because of what they did there: what came of it is not offered. Of a plan that
    is to replace another, that is who asked for it: the first one stands.
    """
    plan = situation.case.plan_at_hand
    if plan is None or plan.in_force:
        return False
    is_next = situation.case.next_plan is not None
    negotiators = plan.negotiator_ids[-1:] if is_next else plan.negotiator_ids
    return bool(people_of(situation.facts.barred_badge_ids) & people_of(negotiators))


def waits_for_promise(situation: Situation) -> bool:
    """Whether the crew is not sent because the borrower has promised to pay, and its hour is yet
    to come: who is on the doorstep already goes on.
    """
    visit = situation.case.visit
    if visit is None or visit.slot is None or has_begun(visit):
        return False
    return bool(situation.facts.promises) and situation.now < visit.slot.start


def approval_is_void(situation: Situation) -> bool:
    """Whether the approval was given for facts that hold no more."""
    return bool(reasons_approval_is_void(situation))


def reasons_approval_is_void(situation: Situation) -> list[str]:
    """Which facts have changed that the approver looked at; empty when the approval stands."""
    visit = situation.case.visit
    if visit is None or visit.approval is not Answer.YES or has_begun(visit):
        return []
    reasons = []
    if visit.address_id not in situation.facts.address_ids:
        reasons.append("the address is not usable any more")
    approved, owed = visit.approved_arrears_minor, situation.facts.arrears_minor
    if approved is not None and _have_moved(approved, situation):
        currency = situation.facts.currency
        reasons.append(
            f"arrears of {format_money(approved, currency)} were approved,"
            f" {format_money(owed, currency)} are owed"
        )
    return reasons


def has_begun(visit: VisitState) -> bool:
    """Somebody was at the door: what was found there counts from then on."""
    return visit.checked_in or visit.outcome is not None


def reason_to_leave(situation: Situation) -> str | None:
    """Why no crew is to stay at the door now, whatever held when it came; None when it may."""
    if situation.case.closed_as is not None:
        return f"LC-CASE-CLOSED: the case has ended: {situation.case.closed_as}"
    if situation.facts.outcome_if_paid() is not None:
        return "LC-PAID: what was overdue is paid"
    if situation.is_on_hold:
        return f"LC-HOLD: on hold: {', '.join(situation.hold_reasons)}"
    visit = situation.case.visit
    if visit is None or visit.outcome is not None:
        return "LC-STAGE: the visit is over"
    return None


def may_have_begun(situation: Situation) -> bool:
    """Whether the hour of the appointment has come and nothing was heard of its crew: it may be at
    the door, with a device that is offline.
    """
    case, visit = situation.case, situation.case.visit
    if visit is None or visit.slot is None or has_begun(visit):
        return False
    return case.stage is Stage.VISIT and visit.slot.start <= situation.now


def _have_moved(approved_minor: int, situation: Situation) -> bool:
    share = situation.policy.visit.approval_void_share.value
    return abs(situation.facts.arrears_minor - approved_minor) * WHOLE > approved_minor * share
