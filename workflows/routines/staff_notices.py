"""Telling the lender's own people: approvers, crews, collectors, complaint handlers, lawyers."""

from typing import Any

from temporalio import workflow

from activities.case_activities import CaseActivities, StaffNotice
from domain.case.notices import Audience, NoticeKind
from workflows.desk.case_desk import CaseDesk
from workflows.desk.options import DATABASE


async def notify_staff(
    desk: CaseDesk, key: str, audience: Audience, kind: NoticeKind, **body: Any
) -> None:
    """Tell an audience something, once for each key."""
    await workflow.execute_activity_method(
        CaseActivities.notify_staff,
        StaffNotice(
            notice_id=f"{desk.case.case_id}:{key}",
            case_id=desk.case.case_id,
            audience=audience,
            kind=kind,
            body={"loan_id": desk.case.loan_id, **body},
        ),
        summary=f"tell {audience}: {kind}",
        **DATABASE,
    )
