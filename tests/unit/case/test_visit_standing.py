"""What makes an approval void: the facts it was given for have changed."""

from typing import Any

import pytest

from domain.case.state import Stage
from domain.case.visit_standing import approval_is_void, is_off, reasons_approval_is_void
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
