"""The table of events and stages: which event is accepted where, and which rule refuses it.

Said here once more, by hand, so that no stage is opened or closed to an event by mistake.
"""

import pytest

from domain.case.facts import Outcome
from domain.case.state import Stage
from domain.events import EVENTS
from domain.policy.policy import Policy
from tests.support.judged import ACCEPTED, BODIES, CLOSED, STAGE, verdict
from tests.support.situations import situation


def _row(*stages: Stage, otherwise: str = STAGE, **exceptions: str) -> dict[Stage, str]:
    """Accepted in some stages, refused by a rule in the others."""
    row = {stage: ACCEPTED if stage in stages else otherwise for stage in Stage}
    return row | {Stage(name): rule for name, rule in exceptions.items()}


ANY_STAGE = _row(*Stage)
WHILE_OPEN = _row(*Stage, ended=CLOSED)

# What the case's state says of a well-formed event; `ended` is a paid case before its notice.
TABLE: dict[str, dict[Stage, str]] = {
    "payment_received": ANY_STAGE,
    "payment_reversed": ANY_STAGE,
    "promise_made": WHILE_OPEN
    | dict.fromkeys((Stage.GUIDED_REPAYMENT, Stage.CLOSING_VISIT, Stage.REPAYMENT), "CN-17"),
    "call_finished": ANY_STAGE,
    "phone_reported": ANY_STAGE,
    "phone_confirmed": ANY_STAGE,
    "reply_received": ANY_STAGE,
    "call_received": ANY_STAGE,
    "borrower_said": ANY_STAGE,
    "visit_requested": _row(Stage.EARLY_CONTACT, Stage.APPLICATION, ended=CLOSED),
    "visit_approved": _row(Stage.APPROVAL, ended=CLOSED),
    "visit_rejected": _row(Stage.APPROVAL, ended=CLOSED),
    "visit_withdrawn": _row(
        Stage.APPROVAL, Stage.APPOINTMENT, Stage.PREPARATION, Stage.VISIT, ended=CLOSED
    ),
    "approval_withdrawn": _row(Stage.APPOINTMENT, Stage.PREPARATION, Stage.VISIT, ended=CLOSED),
    "appointment_confirmed": _row(Stage.APPOINTMENT, ended=CLOSED),
    "appointment_declined": _row(Stage.APPOINTMENT, Stage.PREPARATION, ended=CLOSED),
    "appointment_withdrawn": _row(Stage.APPOINTMENT, Stage.PREPARATION, ended=CLOSED),
    "visit_checked_in": _row(Stage.VISIT, ended=CLOSED),
    "visit_reported": _row(Stage.VISIT, ended=CLOSED),
    "plan_approved": _row(Stage.PLAN, ended=CLOSED),
    "plan_rejected": _row(Stage.PLAN, ended=CLOSED),
    "agreement_signed": _row(Stage.AGREEMENT, ended=CLOSED),
    "agreement_declined": _row(Stage.AGREEMENT, ended=CLOSED),
    "renegotiation_requested": _row(Stage.GUIDED_REPAYMENT, Stage.REPAYMENT, ended=CLOSED),
    "complaint_filed": ANY_STAGE,
    "complaint_extended": ANY_STAGE,
    "complaint_resolved": ANY_STAGE,
    "hold_placed": ANY_STAGE,
    "hold_released": ANY_STAGE,
    "contact_preferences_changed": ANY_STAGE,
    "policy_adopted": WHILE_OPEN,
    "case_closed": WHILE_OPEN,
}
TAKEN_WHEN_CLOSED = {
    *("payment_received", "payment_reversed", "call_finished", "call_received"),
    *("phone_reported", "phone_confirmed", "reply_received", "borrower_said"),
    *("complaint_filed", "complaint_extended", "complaint_resolved"),
    *("hold_placed", "hold_released", "contact_preferences_changed"),
}
CELLS = [(name, stage, rule) for name, row in TABLE.items() for stage, rule in row.items()]


def test_table_is_complete() -> None:
    """Every event of the contract in every stage."""
    assert TABLE.keys() == BODIES.keys() == EVENTS.keys()
    assert all(row.keys() == set(Stage) for row in TABLE.values())


@pytest.mark.parametrize(("name", "stage", "rule"), CELLS)
def test_event_in_stage(policy: Policy, name: str, stage: Stage, rule: str) -> None:
    """The cell of the table holds, and a refusal has a reason."""
    refused_by, reason = verdict(name, situation(policy, stage))
    assert refused_by == rule, reason
    assert (rule == ACCEPTED) or reason


@pytest.mark.parametrize("name", EVENTS)
def test_case_that_another_system_ended_takes_what_is_of_the_loan_or_the_borrower(
    policy: Policy, name: str
) -> None:
    """As after its end, so that nothing is lost between. Everything else comes too late."""
    at = situation(policy, case={"closed_as": Outcome.WRITTEN_OFF})
    assert verdict(name, at)[0] == (ACCEPTED if name in TAKEN_WHEN_CLOSED else CLOSED)
