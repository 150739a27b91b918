"""The table of the process and its loop, the hold, and the end, as `workflows/` has them."""

from collections.abc import Callable
from datetime import datetime

from domain.case.facts import Outcome
from domain.case.pursuit import Pursuit
from domain.case.state import CREW_IS_OUT, Stage
from domain.case.visit_standing import may_have_begun
from domain.case.words import CLOSING_TEMPLATES
from domain.policy.contact import Channel, Purpose
from domain.visit.status import VisitStatus
from simulation.process.contacting import intent_of, pursue
from simulation.process.desk import Desk, StageStoppedError, Steps
from simulation.process.early import contact_early, review_legally
from simulation.process.plans import (
    close_visit,
    follow_repayment,
    guide_first_payment,
    settle_plan,
    sign_agreement,
    tell_plan_broken,
)
from simulation.process.visits import (
    arrange_appointment,
    ask_for_approval,
    end_visit,
    invite_to_apply,
    prepare_visit,
    release_crew,
    settle_doubt,
    stand_down_for_hold,
    tell_called_off,
    visit_borrower,
)
from simulation.process.words import tell_untold

PROCESS: dict[Stage, Callable[[Desk], Steps[Stage]]] = {
    Stage.EARLY_CONTACT: contact_early,
    Stage.APPLICATION: invite_to_apply,
    Stage.APPROVAL: ask_for_approval,
    Stage.APPOINTMENT: arrange_appointment,
    Stage.PREPARATION: prepare_visit,
    Stage.VISIT: visit_borrower,
    Stage.PLAN: settle_plan,
    Stage.AGREEMENT: sign_agreement,
    Stage.GUIDED_REPAYMENT: guide_first_payment,
    Stage.CLOSING_VISIT: close_visit,
    Stage.REPAYMENT: follow_repayment,
    Stage.LEGAL_REVIEW: review_legally,
}


def follow(desk: Desk) -> Steps[Outcome]:
    """From stage to stage, to the end of the case."""
    while True:
        try:
            if desk.situation.is_on_hold and not desk.is_over:
                yield from _wait_out_hold(desk)
            if (outcome := desk.outcome) is not None:
                yield from _end_case(desk, outcome)
                return outcome
            if desk.visit_is_in_doubt:
                desk.enter(settle_doubt(desk))
            yield from tell_called_off(desk)
            yield from tell_untold(desk)
            yield from tell_plan_broken(desk)
            desk.enter((yield from PROCESS[desk.case.stage](desk)))
        except StageStoppedError:
            continue


def _wait_out_hold(desk: Desk) -> Steps[None]:
    """Sleep through a hold; the stage's deadline moves on by the time that was held."""
    stand_down_for_hold(desk)
    case = desk.case
    case.held_since = case.held_since or desk.now
    while desk.situation.is_on_hold and not desk.is_over:
        ends = [hold.until for hold in desk.facts.holds if hold.until is not None]
        latest = desk.now + desk.policy.aftercare.hold_look
        look_at = min([latest, *(end for end in ends if end > desk.now)])
        yield from _until_news(desk, look_at)
        desk.learn()
    # What may still be reported of a visit has the time that it had without the hold.
    if case.stage_ends_at is not None and not may_have_begun(desk.situation):
        case.stage_ends_at += desk.now - case.held_since
    case.held_since, case.last_released_at = None, desk.now


def _until_news(desk: Desk, at: datetime) -> Steps[None]:
    known = desk.facts
    yield from desk.rest(lambda: desk.facts is not known or not desk.situation.is_on_hold, at)


def _end_case(desk: Desk, outcome: Outcome) -> Steps[None]:
    """Call off what is under way, close the case, and say so once to who has paid."""
    visit = desk.case.visit
    is_inside = visit is not None and visit.checked_in
    expects = visit is not None and visit.notice_sent and not is_inside
    called_off = visit.slot if visit is not None and expects else None
    if desk.case.stage in CREW_IS_OUT and visit is not None:
        release_crew(desk, tell_borrower=not (outcome.is_paid or is_inside))
    if not outcome.is_paid:
        yield from tell_called_off(desk, by=desk.now + desk.policy.visit.call_off)
    if visit is not None:
        end_visit(desk, VisitStatus.COMPLETED if visit.checked_in else VisitStatus.CALLED_OFF)
    desk.note("end", outcome.value, desk.case.case_id)
    desk.case.enter(Stage.ENDED)
    desk.person.case_open = False
    if outcome.is_paid:
        intent = intent_of(
            desk,
            f"closing:{outcome}:{desk.today}",
            Channel.SMS,
            CLOSING_TEMPLATES[outcome],
            Purpose.CLOSING,
        )
        closing = Pursuit(
            desk.now + desk.policy.aftercare.closing_notice,
            at_any_rate=True,
            after_hold=True,
            in_any_permitted_hour=True,
            rather_before=None if called_off is None else called_off.start,
        )
        yield from pursue(desk, intent, closing)
