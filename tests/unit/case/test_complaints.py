"""What the complaint desk is told and when; how long an answer may take."""

from datetime import datetime, timedelta

import pytest

from domain.case.complaints import (
    OpenComplaint,
    due_notices,
    extended_answer_due,
    next_notice_at,
)
from domain.case.events.judge import judge
from domain.case.judgement.fitting import EventRefusedError
from domain.case.situation import Situation
from domain.case.state import Stage
from domain.case.visit_standing import crew_is_barred
from domain.events import read_event
from domain.policy.policy import Policy
from tests.support.situations import NOON, VISIT_ID, situation
from tests.support.world import event

DUE = NOON + timedelta(days=15)
COMPLAINT = OpenComplaint(complaint_id="C-1", filed_at=NOON, answer_due_at=DUE)
SECOND = timedelta(seconds=1)


def _after(days: float) -> datetime:
    return NOON + timedelta(days=days)


@pytest.mark.parametrize(
    ("now", "keys"),
    [
        (NOON, []),
        (_after(12) - SECOND, []),
        (_after(12), ["due-soon-0"]),
        (DUE - SECOND, ["due-soon-0"]),
        (DUE, ["overdue-0-0"]),
        (_after(17) - SECOND, ["overdue-0-0"]),
        (_after(17), ["overdue-0-1"]),
        (_after(115), ["overdue-0-50"]),
    ],
)
def test_only_what_is_due_now_is_told(policy: Policy, now: datetime, keys: list[str]) -> None:
    """Three days before, when it is overdue, every two days after; never what was missed."""
    first, *others = due_notices(COMPLAINT, policy.aftercare, now)
    assert (first.key, first.kind) == ("complaint:C-1", "complaint_to_answer")
    assert [notice.key for notice in others] == [f"complaint:C-1:{key}" for key in keys]


@pytest.mark.parametrize(
    ("now", "days"),
    [(NOON, 12), (_after(12), 15), (DUE, 17), (_after(16.5), 17), (_after(17), 19)],
)
def test_next_notice_lies_ahead(policy: Policy, now: datetime, days: int) -> None:
    """Or the wait for it would not end."""
    assert next_notice_at(COMPLAINT, policy.aftercare, now) == _after(days)


def test_every_moment_brings_a_notice_of_its_own(policy: Policy) -> None:
    """From one moment to the next, no key twice: also after an extension."""
    extended = COMPLAINT.model_copy(update={"answer_due_at": _after(30), "extensions": 1})
    keys: list[str] = []
    for complaint in (COMPLAINT, extended):
        now = NOON
        for _ in range(6):
            now = next_notice_at(complaint, policy.aftercare, now)
            keys += [notice.key for notice in due_notices(complaint, policy.aftercare, now)[1:]]
    assert len(keys) == len(set(keys)) == 12


def test_answer_is_put_off_twice_at_most(policy: Policy) -> None:
    """Thirty days from filing, thirty more, and no third time."""
    first = extended_answer_due(COMPLAINT, policy.aftercare)
    assert first == _after(30)
    once = COMPLAINT.model_copy(update={"answer_due_at": first, "extensions": 1})
    assert extended_answer_due(once, policy.aftercare) == _after(60)
    twice = COMPLAINT.model_copy(update={"extensions": 2})
    assert extended_answer_due(twice, policy.aftercare) is None


def _resolved(*barred: str, upheld: bool = True) -> dict[str, object]:
    return event(
        NOON, event_id="e", complaint_id="C-1", upheld=upheld, barred_badge_ids=list(barred)
    )


def test_only_an_upheld_complaint_bars_anybody(policy: Policy) -> None:
    """Whatever else it says."""
    with pytest.raises(EventRefusedError, match="LC-COMPLAINT: barred_badge_ids: only"):
        judge(read_event("complaint_resolved", _resolved("C-1", upheld=False)), situation(policy))


@pytest.mark.parametrize(("badge_id", "is_barred"), [("C-1", True), ("C-9", False)])
def test_barred_crew_neither_comes_nor_is_confirmed(
    policy: Policy, badge_id: str, *, is_barred: bool
) -> None:
    """Whichever loan the complaint was about: the bar is the borrower's."""
    at = situation(policy, Stage.APPOINTMENT, barred_badge_ids=[badge_id])
    assert at.case.visit is not None
    assert crew_is_barred(at) is is_barred
    assert at.case.visit.slot is not None
    confirmed = event(NOON, event_id="f", slot_id=at.case.visit.slot.slot_id)
    assert _is_refused("appointment_confirmed", confirmed, at) is is_barred
    at.case.stage, at.case.visit.slot.start = Stage.VISIT, NOON
    check_in = event(
        NOON, event_id="g", visit_id=VISIT_ID, badge_ids=at.case.visit.slot.badge_ids,
        identity_verified=True, entry_consent=True, recording_id="R",
    )  # fmt: skip
    assert _is_refused("visit_checked_in", check_in, at) is is_barred


def _is_refused(name: str, body: dict[str, object], situation: Situation) -> bool:
    try:
        judge(read_event(name, body), situation)
    except EventRefusedError:
        return True
    return False
