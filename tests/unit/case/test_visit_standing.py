"""What makes an approval void: the facts it was given for have changed."""

from datetime import timedelta
from typing import Any

import pytest

from domain.case.state import Stage
from domain.case.visit_standing import (
    approval_is_void,
    is_off,
    may_have_begun,
    reasons_approval_is_void,
)
from domain.policy.policy import Policy
from domain.visit.status import VisitStatus
from tests.support.situations import situation


@pytest.mark.parametrize(
    ("facts", "is_void"),
    [
        ({}, False),
        ({"arrears_minor": 560_000}, False),  # 40 % more
        ({"arrears_minor": 560_001}, True),
        ({"arrears_minor": 240_000}, False),  # 40 % less
        ({"arrears_minor": 239_999}, True),
        ({"address_ids": ["another"]}, True),
    ],
)
@pytest.mark.parametrize("stage", [Stage.APPOINTMENT, Stage.PREPARATION, Stage.VISIT])
def test_approval_is_void_beyond_the_share_and_without_the_address(
    policy: Policy, stage: Stage, facts: dict[str, Any], is_void: bool
) -> None:
    """At the threshold it stands."""
    at = situation(policy, stage, **facts)
    assert at.case.visit is not None
    at.case.visit.approved_arrears_minor = 400_000
    assert approval_is_void(at) is is_void
    assert bool(reasons_approval_is_void(at)) is is_void


@pytest.mark.parametrize("stage", [Stage.EARLY_CONTACT, Stage.APPROVAL, Stage.REPAYMENT])
def test_nothing_is_void_before_an_approval_or_after_a_visit(policy: Policy, stage: Stage) -> None:
    """There is no approval to be void."""
    assert not approval_is_void(situation(policy, stage, address_ids=[]))


def test_visit_that_has_begun_stands(policy: Policy) -> None:
    """What was found at the door counts from then on."""
    at = situation(policy, Stage.VISIT, address_ids=[])
    assert at.case.visit is not None
    at.case.visit.called_off_as = VisitStatus.WITHDRAWN
    assert is_off(at)
    at.case.visit.checked_in = True
    assert not is_off(at)
    assert not approval_is_void(at)


@pytest.mark.parametrize(
    ("stage", "minutes", "checked_in", "may"),
    [
        (Stage.VISIT, 0, False, True),
        (Stage.VISIT, -1, False, False),
        (Stage.VISIT, 3000, False, True),
        (Stage.VISIT, 0, True, False),
        (Stage.PREPARATION, 0, False, False),
        (Stage.EARLY_CONTACT, 0, False, False),
    ],
)
def test_crew_of_which_nothing_is_heard_may_be_at_the_door(
    policy: Policy, stage: Stage, minutes: int, checked_in: bool, may: bool
) -> None:
    """From the hour of the appointment on, and until it is heard of."""
    at = situation(policy, stage)
    if at.case.visit is not None and at.case.visit.slot is not None:
        at.case.visit.checked_in = checked_in
        at = at._replace(now=at.case.visit.slot.start + timedelta(minutes=minutes))
    assert may_have_begun(at) is may
