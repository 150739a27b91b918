"""A case's state from its record: what came of a contact, and a run that died between two writes.

Whole lives are compared with their runs by the workflow tests, each at its end.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.case.rebuilt.differences import NOT_COMPARED, differences
from domain.case.rebuilt.record import CaseRecord, ContactFate, RecordedContact
from domain.case.rebuilt.state import rebuild_state
from domain.case.state import CaseState, KeptMoments, Stage, VisitState
from domain.clock import BusinessClock
from domain.policy.policy import Policy

AT = datetime(2026, 5, 4, 1, tzinfo=UTC)
OPENED_AT = datetime(2026, 1, 11, 1, tzinfo=UTC)
CASE = "L-1:2026-01-10"
VISIT: dict[str, Any] = {
    "visit_id": f"{CASE}:visit-1",
    "address_id": "B-1-a1",
    "applicant_id": "K-1",
    "status": "completed",
    "is_approved": True,
    "ended_at": AT,
}


def record(stage: Stage | None, **rows: Any) -> CaseRecord:
    """A case's record in a stage, with some rows."""
    return CaseRecord.model_validate(
        {
            "case_id": CASE,
            "loan_id": "L-1",
            "number": 7,
            "time_zone": "Asia/Shanghai",
            "policy_version": "any",
            "opened_at": OPENED_AT,
            "stage": stage,
            "moments": KeptMoments(),
            "keeps_moments": True,
            **rows,
        }
    )


def contact(key: str, fate: ContactFate, minutes: int = 0) -> RecordedContact:
    return RecordedContact(key=key, at=AT + timedelta(minutes=minutes), fate=fate)


def test_a_case_that_was_opened_begins_at_the_beginning(policy: Policy) -> None:
    """Without any row it is what the scan would start."""
    state, guesses = rebuild_state(record(Stage.EARLY_CONTACT), policy, BusinessClock())
    assert differences(CaseState(loan_id="L-1", case_id=CASE, number=7), state) == []
    assert guesses == []


@pytest.mark.parametrize(
    ("fate", "is_taken"),
    [
        (ContactFate.SENT, True),
        (ContactFate.UNKNOWN, True),
        (ContactFate.REFUSED, True),
        (ContactFate.RESERVED, False),  # the same key asks the provider what became of it
        (ContactFate.FAILED, False),
        (ContactFate.PUT_OFF, False),
    ],
)
def test_a_step_is_taken_once_something_came_of_it(
    policy: Policy, fate: ContactFate, is_taken: bool
) -> None:
    """Also in the second window, whose key has a number."""
    taken = contact("early_contact:2026-01-10:dpd-1-sms", ContactFate.SENT)
    tried = contact("early_contact:2026-01-10:dpd-7-sms:2", fate, minutes=1)
    found = record(Stage.EARLY_CONTACT, contacts=[taken, tried])
    state, _ = rebuild_state(found, policy, BusinessClock())
    assert state.last_step == f"2026-01-10:dpd-{7 if is_taken else 1}-sms"


def test_an_invitation_that_is_reserved_is_not_made_again(policy: Policy) -> None:
    """Its key has the day in it: on another day it would be another message."""
    key = "application:2026-01-10:92"
    notice = {"key": key, "audience": "collectors", "kind": "visit_possible", "at": AT}
    found = record(
        Stage.APPLICATION, notices=[notice], contacts=[contact(key, ContactFate.RESERVED)]
    )
    assert rebuild_state(found, policy, BusinessClock()).state.reminders == 1
    earlier = found.model_copy(update={"stage_entered_at": AT + timedelta(days=40)})
    assert rebuild_state(earlier, policy, BusinessClock()).state.reminders == 0


@pytest.mark.parametrize(
    ("stage", "rows", "goes_on_in"),
    [
        (Stage.ENDED, {}, Stage.EARLY_CONTACT),
        (Stage.APPOINTMENT, {"visits": [VISIT]}, Stage.EARLY_CONTACT),
        (Stage.PLAN, {"visits": [VISIT]}, Stage.EARLY_CONTACT),
        (Stage.PLAN, {"visits": [VISIT | {"ended_at": None}]}, Stage.VISIT),
        (Stage.REPAYMENT, {}, Stage.EARLY_CONTACT),
    ],
)
def test_what_died_between_two_stages_goes_on_in_the_next(
    policy: Policy, stage: Stage, rows: dict[str, Any], goes_on_in: Stage
) -> None:
    """The visit or the plan that a stage is about has ended on record, and the stage has not."""
    state, guesses = rebuild_state(record(stage, **rows), policy, BusinessClock())
    assert state.stage is goes_on_in
    assert [guess.split(":")[0] for guess in guesses] == ["stage"]
    if stage is Stage.APPOINTMENT:
        assert state.cooling_until == AT + timedelta(days=policy.visit.cooling_days.value)


def test_moments_of_an_earlier_release_are_named_as_guessed(policy: Policy) -> None:
    """They are not known, and not none."""
    found = record(Stage.APPROVAL, visits=[VISIT | {"ended_at": None}], keeps_moments=False)
    _, guesses = rebuild_state(found, policy, BusinessClock())
    assert [guess.split(":")[0] for guess in guesses] == ["moments"]


def test_what_is_not_compared_is_a_field_of_the_state() -> None:
    """By the name that it has in histories."""
    of_visit = {f"visit.{name}" for name in VisitState.model_fields}
    of_case = set(CaseState(loan_id="L", case_id="C").model_dump())
    assert set(NOT_COMPARED) <= of_case | of_visit


def test_a_difference_names_the_innermost_field() -> None:
    """With both values, instants in one zone."""
    left = CaseState(loan_id="L", case_id="C", stage=Stage.REPAYMENT, cooling_until=AT)
    right = CaseState(loan_id="L", case_id="C", stage=Stage.REPAYMENT)
    assert [*map(str, differences(left, right))] == [
        "cooling_until: 2026-05-04T01:00:00+00:00 in the run, None on record"
    ]


@pytest.mark.parametrize(("status", "words"), [("signed", ["plan_unchanged"]), ("broken", [])])
def test_a_plan_that_has_ended_is_not_said_to_go_on(
    policy: Policy, status: str, words: list[str]
) -> None:
    """Another was not agreed on; whether that leaves one in force says its agreement."""
    ended = {
        "key": f"{CASE}:plan-2:not-agreed",
        "audience": "collectors",
        "kind": "renegotiation_ended",
        "at": AT,
    }
    agreement = {
        "agreement_id": f"{CASE}:plan-1:agreement",
        "plan_id": f"{CASE}:plan-1",
        "visit_id": f"{CASE}:visit-1",
        "status": status,
        "document_sha256": "0" * 64,
        "counted_from": OPENED_AT,
        "expires_at": AT,
        "signed_at": OPENED_AT,
        "as_of": "2026-04-20",
        "total_minor": 1,
        "waiver_minor": 0,
        "penalty_minor": 0,
        "parts": [{"number": 1, "due_on": "2026-05-01", "amount_minor": 1}],
    }
    found = record(Stage.REPAYMENT, notices=[ended], agreements=[agreement])
    state, _ = rebuild_state(found, policy, BusinessClock())
    assert [word.template for word in state.untold] == words
