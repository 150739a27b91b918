"""Closing the visit: the borrower hears what follows."""

from typing import Literal

from domain.case.state import Stage
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import contact
from workflows.routines.plan_care import open_part, plan_in_force
from workflows.routines.visit_ends import end_visit


async def close_visit(desk: CaseDesk) -> Literal[Stage.REPAYMENT]:
    """Tell the borrower what follows: the next date and amount, the hotline, where to complain."""
    desk.begin("closing_notice", desk.in_days(2))
    if desk.case.visit is None:
        return Stage.REPAYMENT
    if open_part(desk) is not None:
        await contact(
            desk,
            f"{plan_in_force(desk).plan_id}:closing",
            Channel.SMS,
            "visit_closing",
            Purpose.REPAYMENT,
            by=desk.in_days(2),
        )
    desk.case.visits += 1
    await end_visit(desk, "completed", "agreement signed, first part paid")
    return Stage.REPAYMENT
