"""When a complaint is to be answered, and what the complaint desk is told until it is (CN-19)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from domain.case.notices import NoticeKind
from domain.policy.policy import AftercarePolicy

# CN-19 knows two grounds, complex and special; each has its own days in the policy.
MOST_EXTENSIONS = 2


class OpenComplaint(BaseModel):
    """A complaint that waits for its answer."""

    complaint_id: str
    filed_at: AwareDatetime
    answer_due_at: AwareDatetime
    extensions: int = 0


class ComplaintNotice(NamedTuple):
    """One thing the complaint desk is told; the key makes it once."""

    key: str
    kind: NoticeKind


def extended_answer_due(complaint: OpenComplaint, rules: AftercarePolicy) -> datetime | None:
    """When the answer is due after one more extension; None when there is none left.

    CN-19: 30 days from filing if the matter is complex, 30 more in special cases.
    """
    if complaint.extensions >= MOST_EXTENSIONS:
        return None
    if complaint.extensions == 0:
        return complaint.filed_at + timedelta(days=rules.complaint_complex_days.value)
    return complaint.answer_due_at + timedelta(days=rules.complaint_special_days.value)


def due_notices(
    complaint: OpenComplaint, rules: AftercarePolicy, now: datetime
) -> list[ComplaintNotice]:
    """What the desk should have been told by now; of the reminders only the latest."""
    name = f"complaint:{complaint.complaint_id}"
    notices = [ComplaintNotice(name, NoticeKind.COMPLAINT_TO_ANSWER)]
    late = now - complaint.answer_due_at
    if late >= timedelta(0):
        times = late // timedelta(days=rules.complaint_overdue_days.value)
        key = f"{name}:overdue-{complaint.extensions}-{times}"
        notices.append(ComplaintNotice(key, NoticeKind.COMPLAINT_OVERDUE))
    elif now >= _reminder_at(complaint, rules):
        key = f"{name}:due-soon-{complaint.extensions}"
        notices.append(ComplaintNotice(key, NoticeKind.COMPLAINT_DUE_SOON))
    return notices


def next_notice_at(complaint: OpenComplaint, rules: AftercarePolicy, now: datetime) -> datetime:
    """The first moment after now at which the desk is to be told something."""
    if now < (reminder_at := _reminder_at(complaint, rules)):
        return reminder_at
    if now < complaint.answer_due_at:
        return complaint.answer_due_at
    interval = timedelta(days=rules.complaint_overdue_days.value)
    times = (now - complaint.answer_due_at) // interval
    return complaint.answer_due_at + (times + 1) * interval


def _reminder_at(complaint: OpenComplaint, rules: AftercarePolicy) -> datetime:
    return complaint.answer_due_at - timedelta(days=rules.complaint_reminder_days.value)
