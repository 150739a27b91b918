"""One person under several spellings is one person, wherever four eyes are asked for."""

import pytest

from domain.case.state import Stage
from domain.identity import canonical, is_among, is_same_person
from domain.policy.policy import Policy
from tests.support.judged import ACCEPTED, verdict
from tests.support.situations import situation


@pytest.mark.parametrize(
    "written", ["K-1", "k-1", " K-1 ", "K -1", "\uff2b\uff0d\uff11", "k\u00a0-1"]
)
def test_spellings_of_one_id_are_one_person(written: str) -> None:
    """Whatever the case, the width and the blanks."""
    assert canonical(written) == "k-1"
    assert is_same_person(written, "K-1")
    assert is_among(written, (None, "A-1", "K-1"))


def test_nobody_is_the_same_as_nobody() -> None:
    """Two fields that are empty name no one person."""
    assert not is_same_person(None, None)
    assert not is_among("K-1", (None, "K-11"))


@pytest.mark.parametrize(
    ("stage", "name", "changes", "rule"),
    [
        (Stage.APPROVAL, "visit_approved", {"approver_id": "k-1"}, "LC-FOUR-EYES"),
        (Stage.APPROVAL, "visit_rejected", {"approver_id": "b-1"}, "LC-FOUR-EYES"),
        (Stage.PREPARATION, "approval_withdrawn", {"approver_id": "k-1"}, "LC-FOUR-EYES"),
        (Stage.PREPARATION, "visit_withdrawn", {"withdrawn_by_id": "k-1"}, ACCEPTED),
        (Stage.VISIT, "visit_checked_in", {"badge_ids": ["c-1", "C-2"]}, ACCEPTED),
        (Stage.VISIT, "visit_checked_in", {"badge_ids": ["c-1", "C-1"]}, "CN-09"),
        (Stage.PLAN, "plan_approved", {"approver_id": "c-2"}, "LC-FOUR-EYES"),
        (Stage.PLAN, "plan_rejected", {"approver_id": "b-1"}, "LC-FOUR-EYES"),
        (Stage.AGREEMENT, "agreement_signed", {"signatories": ["b-1", "C-1"]}, ACCEPTED),
        (Stage.AGREEMENT, "agreement_signed", {"signatories": ["C-1", "C-2"]}, "LC-SIGNATORY"),
        (Stage.AGREEMENT, "agreement_signed", {"signatories": ["B-11"]}, "LC-SIGNATORY"),
        (Stage.APPLICATION, "visit_requested", {"applicant": "borrower"}, "LC-APPLICANT"),
        (Stage.APPLICATION, "visit_requested", {"applicant_id": "b-1"}, "LC-APPLICANT"),
    ],
)
def test_events_are_judged_by_who_somebody_is(
    policy: Policy, stage: Stage, name: str, changes: dict[str, object], rule: str
) -> None:
    """Not by how their id is written."""
    assert verdict(name, situation(policy, stage), **changes)[0] == rule


def test_what_a_barred_crew_negotiated_is_not_signed(policy: Policy) -> None:
    """Also where the document had been offered before."""
    at = situation(policy, Stage.AGREEMENT, barred_badge_ids=["C-2"])
    assert at.case.plan is not None
    at.case.plan.negotiator_ids = ["c-2", "K-1"]
    assert verdict("agreement_signed", at)[0] == "LC-CREW"
