"""The end of a case: what is under way is called off, the record is closed, one notice is sent."""

from temporalio import workflow

from activities.case_activities import CaseActivities, CaseEnd
from activities.complaint_activities import ComplaintActivities, Watch
from activities.contact_result import ContactStatus
from activities.legal_activities import LegalActivities
from domain.case.facts import Outcome
from domain.case.notices import Audience, NoticeKind
from domain.case.pursuit import Pursuit
from domain.case.state import CREW_IS_OUT, EndState, Slot, Stage
from domain.case.words import CLOSING_TEMPLATES
from domain.plan.status import AgreementStatus
from domain.policy.contact import Channel, Purpose
from domain.visit.status import VisitStatus
from workflows.desk.case_desk import CaseDesk
from workflows.desk.options import DATABASE
from workflows.desk.status import NextAction
from workflows.routines.complaint_notices import tell_complaint_handlers
from workflows.routines.contacting import intent_of, pursue
from workflows.routines.plan_care import open_part
from workflows.routines.staff_notices import notify_staff
from workflows.routines.visit_ends import (
    end_offered_agreement,
    end_visit,
    release_crew,
    tell_called_off,
)
from workflows.routines.words import says_all, tell_plan_withdrawn

COMPLAINTS_OUTLIVE = "complaints-outlive-their-case"  # a run of before watches over none
LAST_VISITS_COUNT = "last-visits-count"  # in runs of before a visit that an end cut short does not
FULFILLED_PLANS_STAND = "fulfilled-plans-stand"  # runs of before say that they are withdrawn
ENDED_PLANS_MOVE_DUES = "ended-plans-move-dues"  # runs of before go on with what was due under it
ENDS_ARE_FINISHED = "ends-are-finished"  # a run of before ends without a word on that
CLOSINGS_CALL_OFF = "closings-call-off"  # in runs of before the crew's hour may come first
CREWS_INSIDE_ARE_THERE = "crews-inside-are-there"  # runs of before say that nobody comes
PAID_ENDS_OVERTAKE = "paid-ends-overtake"  # in runs of before the end that was asked for stays


async def end_case(desk: CaseDesk) -> Outcome | None:
    """Call off what is under way, close the case, and say so once.

    Each step may be taken up again by another run, also after the case is closed. Answers with the
    outcome, or None when a reversed payment has reopened the case meanwhile.
    """
    end = desk.case.end or await _close(desk)
    if end is None:
        await _go_on(desk)
        return None
    if end.outcome is Outcome.HANDED_TO_LEGAL:
        await _hand_over(desk)
    desk.case.waiting_for = "closing_notice" if end.outcome.is_paid else "nothing"
    ended = desk.next_action = NextAction(what="end", at=desk.now, why=end.outcome)
    desk.publish()
    if end.outcome.is_paid and await _send_closing_notice(desk, end) and await _reopen_case(desk):
        await _go_on(desk)
        return None
    await _tell_complaint_handlers(desk)
    await _watch_complaints(desk)
    await _finish(desk)
    if end.outcome.is_paid:
        desk.case.waiting_for, desk.next_action = "nothing", ended
        desk.publish()
    return end.outcome


def _end_of(desk: CaseDesk) -> Outcome | None:
    """How the case ends: as it was asked for, unless full payment has overtaken that.

    Nothing is owed any more, whoever was to have the loan; and nobody sues for arrears that are
    paid. A loan that was sold, withdrawn or written off stays so while something is owed of it.
    """
    asked_for, paid = desk.case.closed_as, desk.facts.outcome_if_paid()
    if asked_for is None or paid is None:
        return asked_for or paid
    is_overtaken = paid is Outcome.SETTLED or asked_for is Outcome.HANDED_TO_LEGAL
    return paid if is_overtaken and workflow.patched(PAID_ENDS_OVERTAKE) else asked_for


async def _close(desk: CaseDesk) -> EndState | None:
    """Call off what is under way and close the case; None when it goes on after all."""
    outcome = _end_of(desk)
    if outcome is None:
        return None
    had_plan = desk.case.plan is not None and desk.case.plan.in_force
    expected = _expected_slot(desk)
    await _call_off(desk, outcome)
    await desk.intake_idle()
    was, outcome = outcome, _end_of(desk)  # a reversal or another end may have come in
    called_off = expected if was.is_paid and _closings_call_off(expected) else None
    if outcome is None or not await _close_case(desk, outcome):
        desk.case.called_off_slot = called_off or desk.case.called_off_slot
        return None
    end = EndState(outcome=outcome, closed_at=desk.now, day=desk.today, called_off=called_off)
    if had_plan and workflow.patched(ENDED_PLANS_MOVE_DUES):
        await desk.look_again()  # a waiver was granted, or what was put off is due again
    return end


def _closings_call_off(expected: Slot | None) -> bool:
    return expected is not None and workflow.patched(CLOSINGS_CALL_OFF)


def _expected_slot(desk: CaseDesk) -> Slot | None:
    """The appointment that the borrower knows of, and may wait for."""
    visit = desk.case.visit
    if visit is None or not visit.notice_sent or visit.checked_in:
        return None
    return visit.slot


async def _close_case(desk: CaseDesk, outcome: Outcome) -> bool:
    """Close the case on the record, unless a payment was reversed before that."""
    desk.case.enter(Stage.ENDED)  # what comes in from now on is judged on that
    facts = await workflow.execute_activity_method(
        CaseActivities.close_case,
        CaseEnd(
            case_id=desk.case.case_id,
            outcome=outcome,
            decided_at=desk.facts.as_of or desk.now,
            moments=desk.case.moments,
        ),
        summary=f"the end: {outcome}",
        **DATABASE,
    )
    desk.learn(facts)
    return facts is None


async def _go_on(desk: CaseDesk) -> None:
    """What was under way is called off; a signed plan stands."""
    if desk.case.plan is not None and desk.case.plan.in_force:
        await desk.enter(Stage.REPAYMENT)
    else:
        desk.case.plan = None
        await desk.enter(Stage.EARLY_CONTACT)


async def _tell_complaint_handlers(desk: CaseDesk) -> None:
    """Complaints are to be answered all the same, also one that comes in at the last moment."""
    told: set[str] = set()
    known = None
    while desk.facts is not known:
        known = desk.facts
        await tell_complaint_handlers(desk, told)
        await desk.intake_idle()


async def _watch_complaints(desk: CaseDesk) -> None:
    """What is open still outlives this run: another workflow reminds of it."""
    if not desk.facts.complaints or not workflow.patched(COMPLAINTS_OUTLIVE):
        return
    await workflow.execute_activity_method(
        ComplaintActivities.watch_complaints,
        Watch(
            case_id=desk.case.case_id,
            loan_id=desk.case.loan_id,
            clock=desk.case.clock,
            rules=desk.policy.aftercare,
        ),
        summary="watch over the complaints that are open",
        **DATABASE,
    )


async def _finish(desk: CaseDesk) -> None:
    """Nothing is left to be done: until that is on record, the case is taken up should this run be
    lost, and no other case of the loan begins.
    """
    if workflow.patched(ENDS_ARE_FINISHED):
        await workflow.execute_activity_method(
            CaseActivities.finish_case, desk.case.case_id, summary="all is done", **DATABASE
        )


async def _reopen_case(desk: CaseDesk) -> bool:
    """Take the case up again, unless what is owed now is another delinquency, and another case."""
    facts = await workflow.execute_activity_method(
        CaseActivities.reopen_case, desk.case.case_id, **DATABASE
    )
    if facts is None:
        return False
    desk.case.end = None
    if facts.plan_total_minor is None:
        desk.case.plan = None
    desk.learn(facts)
    return True


async def _hand_over(desk: CaseDesk) -> None:
    """Put the whole case into one file; the legal desk checks what it is given by its hash."""
    sha256 = await workflow.execute_activity_method(
        LegalActivities.build_legal_package,
        desk.case.case_id,
        summary="the file for the legal desk",
        **DATABASE,
    )
    await notify_staff(
        desk, "legal-package", Audience.LEGAL, NoticeKind.LEGAL_PACKAGE_READY, sha256=sha256
    )


async def _call_off(desk: CaseDesk, outcome: Outcome) -> None:
    """A visit under way is called off; its crew is told, and so is the borrower.

    Who has paid reads it in the closing notice.
    """
    if desk.case.stage in CREW_IS_OUT:
        reason = f"the case has ended: {outcome}"
        await release_crew(desk, reason, tell_borrower=not (outcome.is_paid or _is_inside(desk)))
    if not outcome.is_paid:
        # Not much later: while a hold forbids the message, the case would stay open for it.
        await tell_called_off(desk, by=desk.now + desk.policy.visit.call_off)
    if (visit := desk.case.visit) is not None:
        status = VisitStatus.COMPLETED if visit.checked_in else VisitStatus.CALLED_OFF
        if visit.checked_in and workflow.patched(LAST_VISITS_COUNT):
            desk.case.visits += 1  # the case may be reopened
        await end_visit(desk, status, f"the case has ended: {outcome}")
    plan = desk.case.plan_at_hand
    if plan is not None and not plan.in_force:
        desk.case.next_plan = None
        if plan is desk.case.plan:
            desk.case.plan = None
        await end_offered_agreement(desk, AgreementStatus.WITHDRAWN, plan_id=plan.plan_id)
    if not outcome.is_paid:
        await _tell_withdrawn(desk, outcome)
        desk.case.plan = None


def _is_inside(desk: CaseDesk) -> bool:
    """Whether the crew is with the borrower: it is told to leave, and nobody that it never came."""
    visit = desk.case.visit
    is_inside = visit is not None and visit.checked_in
    return is_inside and workflow.patched(CREWS_INSIDE_ARE_THERE)


async def _tell_withdrawn(desk: CaseDesk, outcome: Outcome) -> None:
    """A plan that is honoured does not end without a word to who honours it."""
    plan = desk.case.plan
    if plan is None or not plan.in_force or not says_all():
        return
    if open_part(desk) is not None or not workflow.patched(FULFILLED_PLANS_STAND):
        await tell_plan_withdrawn(desk, plan, outcome)


async def _send_closing_notice(desk: CaseDesk, end: EndState) -> bool:
    """Send the one closing notice, in the morning if need be, unless the payment is reversed.

    In the morning before the hour of a crew that comes no more. Answers whether the payment was
    reversed, before the notice or with it; what was called off is still to be told then.
    """

    def is_reversed() -> bool:
        return desk.facts.outcome_if_paid() is None

    if not end.is_told:
        status = await pursue(
            desk,
            intent_of(
                desk,
                end.notice_key,
                Channel.SMS,
                CLOSING_TEMPLATES[end.outcome],
                Purpose.CLOSING,
            ),
            Pursuit(
                end.closed_at + desk.policy.aftercare.closing_notice,
                unless=is_reversed,
                at_any_rate=True,
                after_hold=True,
                in_any_permitted_hour=True,
                rather_before=None if end.called_off is None else end.called_off.start,
            ),
        )
        if end.called_off is not None and status in {ContactStatus.REFUSED, ContactStatus.FAILED}:
            desk.case.called_off_slot = end.called_off
    await desk.intake_idle()
    return is_reversed()
