"""What is said of a plan and when; and when a part is missed."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.case.notices import NoticeKind
from domain.case.plan_care import missed_at, next_step, progress_of
from domain.case.situation import Situation
from domain.case.state import PlanState, Stage
from domain.policy.policy import Policy
from tests.support.situations import NOON, situation

FIRST_PAYMENT_HELP = NoticeKind.FIRST_PAYMENT_HELP
DUE = date(2026, 4, 25)  # of the first part, five days from NOON; the others follow monthly


def _at(
    policy: Policy, day: date, *, said: list[str] | None = None, paid: int = 0, **plan: Any
) -> tuple[PlanState, Situation]:
    at = situation(
        policy,
        Stage.GUIDED_REPAYMENT,
        now=NOON + timedelta(days=(day - NOON.date()).days),
        plan_paid_minor=paid,
    )
    assert at.case.plan is not None
    at.case.plan.said = said or []
    for name, value in plan.items():
        setattr(at.case.plan, name, value)
    return at.case.plan, at


def _steps(plan: PlanState, situation: Situation) -> list[tuple[str, date]]:
    """Everything that is said from then on, if nothing is paid: the kind, and its local day."""
    steps: list[tuple[str, date]] = []
    now = situation.now
    while (step := next_step(plan, situation._replace(now=now))) is not None:
        now = max(now, step.at)
        steps.append((step.what, situation.facts.local(now).date()))
        plan.said = [*plan.said, step.name]
        if step.what is not FIRST_PAYMENT_HELP:
            plan.said_on = steps[-1][1]
    return steps


def _days(*days: tuple[str, int]) -> list[tuple[str, date]]:
    return [(what, DUE + timedelta(days=after)) for what, after in days]


def test_first_part_is_helped_on_the_days_of_the_policy(policy: Policy) -> None:
    """How to pay at once; two days before, on the day, two days later; a call the day after."""
    plan, at = _at(policy, NOON.date())
    assert _steps(plan, at) == _days(
        ("how_to_pay", -5),
        ("payment_help", -2),
        ("payment_help", 0),
        (FIRST_PAYMENT_HELP, 1),
        ("payment_help", 2),
    )


def test_one_message_a_day_when_a_plan_is_signed_late(policy: Policy) -> None:
    """On the due day how to pay is enough."""
    plan, at = _at(policy, DUE)
    assert _steps(plan, at) == _days(
        ("how_to_pay", 0), (FIRST_PAYMENT_HELP, 1), ("payment_help", 2)
    )


def test_what_an_outage_has_delayed_is_skipped(policy: Policy) -> None:
    """Of the days that have passed, nothing is caught up."""
    plan, at = _at(policy, DUE + timedelta(days=3), said=["how-to-pay"])
    assert _steps(plan, at) == _days((FIRST_PAYMENT_HELP, 3))


def test_later_part_has_one_reminder_and_help_when_it_is_late(policy: Policy) -> None:
    """Three days before it is due, and the day after; a run of before says nothing when late."""
    plan, at = _at(policy, DUE, paid=133_334, said=["how-to-pay"])
    part = progress_of(plan, at).next_part
    assert part is not None
    assert part.number == 2
    late_on = part.due_on + timedelta(days=1)
    reminder = ("part_reminder", part.due_on - timedelta(days=3))
    assert _steps(plan, at) == [reminder, ("payment_help", late_on)]
    plan, at = _at(policy, late_on, paid=133_334)
    assert _steps(plan, at) == [("payment_help", late_on)]
    assert next_step(plan, at, helps_when_late=False) is None


def test_completed_plan_needs_no_word(policy: Policy) -> None:
    """Nor an overpaid one."""
    for paid in (400_000, 500_000):
        plan, at = _at(policy, DUE, paid=paid)
        assert next_step(plan, at) is None


def test_policy_without_days_of_help_has_none(policy: Policy) -> None:
    """As policies of before: how to pay, and the notice to the collectors."""
    rules = policy.plan.model_copy(update={"guided_reminder_days": None})
    plan, at = _at(policy.model_copy(update={"plan": rules}), NOON.date())
    assert _steps(plan, at) == _days(("how_to_pay", -5), (FIRST_PAYMENT_HELP, 1))


@pytest.mark.parametrize(
    ("restart", "missed_on"),
    [(None, DUE + timedelta(days=6)), (-20, DUE + timedelta(days=6)), (40, DUE + timedelta(45))],
)
def test_reversal_or_hold_gives_a_new_grace(
    policy: Policy, restart: int | None, missed_on: date
) -> None:
    """Counted from it, where that is later than the due date's own."""
    moment = None if restart is None else _noon(restart)
    for field in ("reversed_at", "released_at"):
        plan, at = _at(policy, DUE)
        if field == "reversed_at":
            plan.reversed_at = moment
        else:
            at.case.last_released_at = moment
        part = progress_of(plan, at).next_part
        assert part is not None
        assert at.facts.local(missed_at(plan, part, at)).date() == missed_on


def test_reversed_later_part_is_asked_for_once_more(policy: Policy) -> None:
    """Its reminder was sent long ago; this is another matter."""
    plan, at = _at(policy, DUE + timedelta(days=60), paid=133_334, said=["how-to-pay", "part-2"])
    plan.reversed_at = at.now
    assert _steps(plan, at) == _days(("payment_help", 60))


def _noon(days: int) -> datetime:
    return NOON + timedelta(days=(DUE - NOON.date()).days + days)
