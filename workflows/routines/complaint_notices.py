"""The complaint desk: told of each complaint, reminded of its answer, told when that is late."""

from datetime import datetime

from domain.case.complaints import due_notices, next_notice_at
from domain.case.notices import Audience
from domain.case.state import Slot
from workflows.desk.case_desk import CaseDesk
from workflows.routines.staff_notices import notify_staff


async def tell_complaint_handlers(
    desk: CaseDesk, told: set[str], called_off: Slot | None = None
) -> None:
    """Tell what is due now, once each; what was missed in the meantime is not caught up.

    `called_off` is the appointment that the complaint has called off: nobody may write to the
    borrower of it during the hold, so whoever answers the complaint says it.
    """
    for complaint in desk.facts.complaints:
        extra = (
            {}
            if called_off is None
            else {
                "visit_called_off": True,
                "visit_starts_at": called_off.start.isoformat(),
            }
        )
        for notice in due_notices(complaint, desk.policy.aftercare, desk.now):
            if notice.key in told:
                continue
            told.add(notice.key)
            await notify_staff(
                desk,
                notice.key,
                Audience.COMPLAINT_DESK,
                notice.kind,
                complaint_id=complaint.complaint_id,
                answer_due_at=complaint.answer_due_at.isoformat(),
                **extra,
            )


def next_reminder_at(desk: CaseDesk) -> datetime | None:
    """When the desk is to be told something next, if a complaint is open."""
    return min(
        (
            next_notice_at(complaint, desk.policy.aftercare, desk.now)
            for complaint in desk.facts.complaints
        ),
        default=None,
    )
