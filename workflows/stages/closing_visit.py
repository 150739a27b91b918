"""Closing the visit: the borrower hears what follows."""

from typing import Literal

from domain.case.state import Stage
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from domain.visit.status import VisitStatus
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import contact
from workflows.routines.plan_care import open_part, plan_in_force
from workflows.routines.visit_ends import end_visit


async def close_visit(desk: CaseDesk) -> Literal[Stage.REPAYMENT]:
    """Tell the borrower what follows: the next date and amount, the hotline, where to complain."""
    await desk.begin("closing_notice", desk.now + desk.policy.visit.closing)
    if desk.case.visit is None:
        return Stage.REPAYMENT
    if open_part(desk) is not None:
        await contact(
            desk,
            f"{plan_in_force(desk).plan_id}:closing",
            Channel.SMS,
            Template.VISIT_CLOSING,
            Purpose.REPAYMENT,
            by=desk.now + desk.policy.visit.closing,
        )
    desk.case.visits += 1
    await end_visit(desk, VisitStatus.COMPLETED, "agreement signed, first part paid")
    return Stage.REPAYMENT
