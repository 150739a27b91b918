"""Application: the borrower is invited to apply for a visit; a collector may apply instead."""

from typing import Literal

from domain.case.notices import Audience, NoticeKind
from domain.case.state import Stage
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import contact
from workflows.routines.staff_notices import notify_staff


async def invite_to_apply(desk: CaseDesk) -> Literal[Stage.APPROVAL, Stage.EARLY_CONTACT]:
    """Wait for `visit_requested`; without one, contact goes on after a pause."""
    ends_at = await desk.begin(
        "visit_requested", desk.in_days(desk.policy.visit.application_days.value)
    )

    def has_applied() -> bool:
        return desk.case.visit is not None

    if not desk.case.reminders and not has_applied():
        key = f"{Stage.APPLICATION}:{desk.facts.overdue_since}:{desk.situation.days_past_due}"
        await notify_staff(desk, key, Audience.COLLECTORS, NoticeKind.VISIT_POSSIBLE)
        invitation = Template.VISIT_INVITATION
        await contact(desk, key, Channel.SMS, invitation, Purpose.VISIT, by=ends_at)
        desk.case.reminders = 1
    if await desk.until(has_applied, ends_at, "give up waiting for an application"):
        return Stage.APPROVAL
    desk.case.cooling_until = desk.in_days(desk.policy.visit.cooling_days.value)
    return Stage.EARLY_CONTACT
