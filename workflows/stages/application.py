"""Application: the borrower is invited to apply for a visit; a collector may apply instead."""

from typing import Literal

from temporalio import workflow

from activities.contact_result import ContactStatus
from domain.case.notices import Audience, NoticeKind
from domain.case.pursuit import Pursuit
from domain.case.state import Stage
from domain.case.visit_need import reasons_against_visit
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import intent_of, pursue
from workflows.routines.staff_notices import notify_staff

APPLICATIONS_NEED_NO_INVITATION = "applications-need-no-invitation"  # runs of before invite still
NEEDLESS_INVITATIONS = "needless-invitations"  # runs of before send those that were waiting
PROMISES_COME_FIRST = "promises-come-first"  # runs of before wait for an application all the same


async def invite_to_apply(desk: CaseDesk) -> Literal[Stage.APPROVAL, Stage.EARLY_CONTACT]:
    """Wait for `visit_requested`; without one, contact goes on after a pause.

    Whoever promises to pay is waited for first: there is nothing to apply for until then.
    """
    ends_at = await desk.begin(
        "visit_requested", desk.in_days(desk.policy.visit.application_days.value)
    )

    def has_applied() -> bool:
        return desk.case.visit is not None

    minds_promises = workflow.patched(PROMISES_COME_FIRST)

    def has_promised() -> bool:
        return minds_promises and bool(desk.facts.promises)

    heeds_need = workflow.patched(NEEDLESS_INVITATIONS)

    def is_needless() -> bool:
        return heeds_need and bool(reasons_against_visit(desk.situation))

    if not desk.case.reminders and not has_applied() and not is_needless():
        key = f"{Stage.APPLICATION}:{desk.facts.overdue_since}:{desk.situation.days_past_due}"
        await notify_staff(desk, key, Audience.COLLECTORS, NoticeKind.VISIT_POSSIBLE)
        invitation = Template.VISIT_INVITATION
        intent = intent_of(desk, key, Channel.SMS, invitation, Purpose.VISIT)
        heeds_both = workflow.patched(APPLICATIONS_NEED_NO_INVITATION)
        status = await pursue(
            desk,
            intent,
            Pursuit(
                ends_at,
                unless=lambda: has_promised() or is_needless() or (heeds_both and has_applied()),
            ),
        )
        desk.case.reminders = int(status is not ContactStatus.REFUSED or not is_needless())
    if await desk.until(
        lambda: has_applied() or has_promised(), ends_at, "give up waiting for an application"
    ):
        return Stage.APPROVAL if has_applied() else Stage.EARLY_CONTACT
    desk.case.cooling_until = desk.in_days(desk.policy.visit.cooling_days.value)
    return Stage.EARLY_CONTACT
