"""A visit from the application to the report, as `workflows/stages/` has it.

Crews never lack here: the first possible time is proposed. How many are needed is what a
simulation answers.
"""

from datetime import datetime, timedelta

from domain.case.events.effects import call_off_appointment
from domain.case.notices import NoticeKind
from domain.case.pursuit import Pursuit
from domain.case.state import Answer, Slot, Stage, VisitState
from domain.case.visit_need import reasons_against_visit
from domain.case.visit_standing import has_begun, is_off, may_have_begun, stands_no_more
from domain.case.words import not_made, word_of_refusal
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from domain.visit.appointments import candidate_starts, visit_times
from domain.visit.status import VisitStatus
from simulation.process.contacting import contact, intent_of, pursue
from simulation.process.desk import Desk, Steps
from simulation.process.promises import wait_for_promise
from simulation.process.words import owe_word

CREW_SENT = "crew_sent"  # it sets out for the appointment


def invite_to_apply(desk: Desk) -> Steps[Stage]:
    """Wait for an application; without one, contact goes on after a pause."""
    ends_at = desk.begin(desk.in_days(desk.policy.visit.application_days.value))

    def has_applied() -> bool:
        return desk.case.visit is not None

    def has_promised() -> bool:
        return bool(desk.facts.promises)

    def is_needless() -> bool:
        return bool(reasons_against_visit(desk.situation))

    if not desk.case.reminders and not has_applied() and not is_needless():
        overdue = desk.situation.days_past_due
        key = f"{Stage.APPLICATION}:{desk.facts.overdue_since}:{overdue}"
        desk.note("notice", NoticeKind.VISIT_POSSIBLE.value, key)
        invitation = Template.VISIT_INVITATION
        intent = intent_of(desk, key, Channel.SMS, invitation, Purpose.VISIT)
        is_sent = yield from pursue(
            desk,
            intent,
            Pursuit(ends_at, unless=lambda: has_promised() or has_applied() or is_needless()),
        )
        desk.case.reminders = int(is_sent or not is_needless())
    if (yield from desk.until(lambda: has_applied() or has_promised(), ends_at)):
        return Stage.APPROVAL if has_applied() else Stage.EARLY_CONTACT
    desk.case.cooling_until = desk.in_days(desk.policy.visit.cooling_days.value)
    return Stage.EARLY_CONTACT


def ask_for_approval(desk: Desk) -> Steps[Stage]:
    """Wait for a decision, and remind of it; when the time runs out the answer is no."""
    visit, rules = visit_of(desk), desk.policy.visit
    ends_at = desk.begin(desk.in_days(rules.approval_days.value))
    if (remind_at := desk.case.next_reminder_at) is not None:
        yield from desk.until(lambda: visit.approval is not None, min(remind_at, ends_at))
        desk.case.next_reminder_at = None
    while visit.approval is None and desk.now < ends_at:
        desk.case.reminders += 1
        key = f"{visit.visit_id}:approval-{visit.approvals_voided + 1}-{desk.case.reminders}"
        desk.note("notice", NoticeKind.VISIT_APPROVAL_WANTED.value, key)
        remind_at = desk.now + timedelta(days=rules.approval_reminder_days.value)
        yield from desk.until(lambda: visit.approval is not None, min(remind_at, ends_at))
    if visit.approval is Answer.YES:
        return Stage.APPOINTMENT
    desk.note("notice", NoticeKind.VISIT_REFUSED.value, f"{visit.visit_id}:refused")
    owe_word(desk, word_of_refusal(visit, desk.facts.borrower_id))
    return end_visit(desk, VisitStatus.EXPIRED if visit.approval is None else VisitStatus.REJECTED)


def arrange_appointment(desk: Desk) -> Steps[Stage]:
    """Propose a bounded number of times until one is confirmed."""
    visit = visit_of(desk)
    expires_at = visit.approval_expires_at or desk.now
    desk.begin(expires_at)
    while desk.now < expires_at:
        if visit.appointment is Answer.YES:
            return Stage.PREPARATION
        if visit.slot is not None and visit.appointment is Answer.NO:
            release_crew(desk, tell_borrower=visit.withdrawn)
        yield from tell_called_off(desk)
        if desk.facts.promises and visit.slot is None:
            yield from wait_for_promise(desk, desk.facts.promises[0])
            continue
        if visit.slot is None:
            if visit.rounds >= desk.policy.visit.proposal_rounds.value:
                return end_visit(desk, VisitStatus.CALLED_OFF)
            visit.slot = _book(desk, visit)
        if visit.slot is None:
            visit.rounds -= 1
            yield from desk.until(lambda: False, desk.now + desk.policy.visit.crew_retry)
        else:
            yield from _propose(desk, visit, visit.slot)
    release_crew(desk, tell_borrower=True)
    yield from tell_called_off(desk)
    owe_word(desk, word_of_refusal(visit, desk.facts.borrower_id))
    return end_visit(desk, VisitStatus.EXPIRED)


def _book(desk: Desk, visit: VisitState) -> Slot | None:
    visit.rounds += 1
    rules, latest = desk.policy.visit, visit.approval_expires_at or desk.now
    times = visit_times(
        desk.now, latest, visit.preferred_times, visit.declined_times, rules, desk.facts.time_zone
    )
    starts = candidate_starts(times, desk.holidays)
    if not starts:
        return None
    return Slot(
        slot_id=f"{visit.visit_id}:slot-{visit.rounds + visit.withdrawals}",
        start=starts[0],
        end=starts[0] + times.duration,
        badge_ids=[f"crew-{number + 1}" for number in range(rules.crew_size.value)],
    )


def _propose(desk: Desk, visit: VisitState, slot: Slot) -> Steps[None]:
    """Tell the borrower who comes when, and wait for the answer."""
    rules = desk.policy.visit
    lead = timedelta(hours=rules.reminder_hours.value)
    if not visit.notice_sent:
        visit.notice_sent = yield from contact(
            desk,
            slot.slot_id,
            Channel.SMS,
            Template.VISIT_APPOINTMENT,
            Purpose.VISIT,
            by=slot.start - rules.notice,
            unless=lambda: visit.appointment is Answer.NO,
        )
        if visit.appointment is Answer.NO:
            return
    answers_within = timedelta(hours=rules.confirmation_hours.value)
    answer_by = min(slot.start - lead, (visit.told_at or desk.now) + answers_within)
    answered = visit.notice_sent and (
        yield from desk.until(lambda: visit.appointment is not None, answer_by)
    )
    if not answered:
        release_crew(desk, tell_borrower=True)


def prepare_visit(desk: Desk) -> Steps[Stage]:
    """Remind the borrower, and look once more before the crew departs."""
    visit = visit_of(desk)
    if visit.slot is None:
        return Stage.APPOINTMENT
    slot, rules = visit.slot, desk.policy.visit
    departs_at = slot.start - rules.departure
    desk.begin(departs_at)

    def cancelled() -> bool:
        return visit.appointment is not Answer.YES

    remind_at = slot.start - timedelta(hours=rules.reminder_hours.value)
    if not (yield from desk.until(cancelled, remind_at)) and not visit.prepared:
        key, reminder = f"{slot.slot_id}:reminder", Template.VISIT_REMINDER
        yield from contact(
            desk, key, Channel.SMS, reminder, Purpose.VISIT, by=departs_at, unless=cancelled
        )
        visit.prepared = True
    if (yield from desk.until(cancelled, departs_at)):
        release_crew(desk, tell_borrower=visit.withdrawn)
        return Stage.APPOINTMENT
    return Stage.VISIT


def visit_borrower(desk: Desk) -> Steps[Stage]:
    """Wait for the crew at the door, then for its report."""
    visit = visit_of(desk)
    slot_ends = visit.slot.end if visit.slot is not None else desk.now
    report_by = max(slot_ends, desk.now) + timedelta(hours=desk.policy.visit.report_hours.value)
    ends_at = desk.begin(report_by)
    if visit.outcome is None and not visit.checked_in and visit.slot is not None:
        desk.note("visit", CREW_SENT, visit.slot.slot_id)
    yield from desk.until(lambda: visit.outcome is not None, ends_at)
    if visit.outcome == "agreed":
        return Stage.PLAN
    if visit.outcome is None and not visit.negotiations:
        desk.note("notice", NoticeKind.VISIT_UNREPORTED.value, f"{visit.visit_id}:unreported")
        if not visit.checked_in:
            owe_word(desk, not_made(visit.visit_id, visit.slot))
    desk.case.visits += 1
    return end_visit(desk, VisitStatus.COMPLETED if visit.checked_in else VisitStatus.MISSED)


def visit_of(desk: Desk) -> VisitState:
    """The visit under way."""
    if desk.case.visit is None:
        raise RuntimeError(f"no visit in {desk.case.stage}")
    return desk.case.visit


def end_visit(desk: Desk, status: VisitStatus) -> Stage:
    """End the visit; contact goes on after a pause, or the case is reviewed."""
    visit = visit_of(desk)
    desk.note("visit", status.value, visit.visit_id)
    desk.case.visit = None
    desk.case.last_visit_ended_at = desk.now
    desk.case.cooling_until = desk.in_days(desk.policy.visit.cooling_days.value)
    too_many = desk.case.visits >= desk.policy.visit.visits_per_case.value
    return Stage.LEGAL_REVIEW if too_many else Stage.EARLY_CONTACT


def release_crew(desk: Desk, *, tell_borrower: bool) -> None:
    """Free the crew of an appointment that will not take place."""
    visit = visit_of(desk)
    if visit.slot is None:
        return
    if tell_borrower and visit.notice_sent:
        desk.case.called_off_slot = visit.slot
    call_off_appointment(visit)


def tell_called_off(desk: Desk, *, by: datetime | None = None) -> Steps[None]:
    """Tell the borrower, once, that they need not wait for the crew they were told of."""
    slot = desk.case.called_off_slot
    if slot is None:
        return
    key, template = f"{slot.slot_id}:called-off", Template.VISIT_CALLED_OFF
    intent = intent_of(desk, key, Channel.SMS, template, Purpose.VISIT)
    intent.slot_start = slot.start
    latest = slot.start if by is None else min(by, slot.start)
    yield from pursue(desk, intent, Pursuit(latest, at_any_rate=by is not None))
    desk.case.called_off_slot = None


def settle_doubt(desk: Desk) -> Stage:
    """A visit that stands no more: it ends, or waits for another approval."""
    visit, stands = visit_of(desk), not stands_no_more(desk.situation)
    release_crew(desk, tell_borrower=True)
    if stands:  # another time is found once the promise is kept or broken
        return Stage.APPOINTMENT
    if is_off(desk.situation) or visit.address_id not in desk.facts.address_ids:
        return end_visit(desk, visit.called_off_as or VisitStatus.CALLED_OFF)
    visit.asked_at = desk.now
    visit.approval = visit.approver_id = None
    visit.approval_expires_at = visit.approved_arrears_minor = None
    visit.approvals_voided += 1
    return Stage.APPROVAL


def stand_down_for_hold(desk: Desk) -> None:
    """A hold calls an appointment off whose hour has not come."""
    visit = desk.case.visit
    if visit is None or visit.slot is None or may_have_begun(desk.situation):
        return
    if not has_begun(visit):
        release_crew(desk, tell_borrower=True)
        desk.enter(Stage.APPOINTMENT)
