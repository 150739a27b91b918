"""The plan maths: exact sums, limits, and a reason for each refusal."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import Capacity, Proposal
from domain.plan.plan import PlanRefusedError, build_plan, split_evenly
from domain.policy.policy import Policy
from tests.support.money.plans import RICH, RULES, TODAY, proposed

NO_FIRST_SHARE = RULES.model_copy(update={"first_payment_share": None})  # the other limits alone


@given(st.integers(1, 10**12), st.integers(1, 600))
def test_even_parts_sum_to_the_whole(amount: int, count: int) -> None:
    """They differ by at most one minor unit, larger ones first."""
    parts = split_evenly(amount, count)
    assert sum(parts) == amount
    assert len(parts) == count
    assert parts[0] - parts[-1] in (0, 1)
    assert parts == sorted(parts, reverse=True)


@given(
    arrears=st.integers(1000, 10**10),
    down=st.integers(0, 500),
    waiver_share=st.integers(0, 3000),
    instalments=st.integers(1, 60),
    days_ahead=st.integers(0, 30),
)
def test_plan_is_whole_and_in_order(
    arrears: int, down: int, waiver_share: int, instalments: int, days_ahead: int
) -> None:
    """Its parts sum to the arrears less the waiver, and their dates only go forward."""
    waiver = arrears * waiver_share // 10_000
    first = TODAY + timedelta(days=days_ahead)
    proposal = proposed(
        down_payment_minor=down,
        instalments=instalments,
        first_due_on=str(first),
        waiver_minor=waiver,
    )
    plan = build_plan(arrears, proposal, RICH, NO_FIRST_SHARE, TODAY)
    assert plan.total_minor == arrears - waiver
    assert [part.number for part in plan.parts] == list(range(1, len(plan.parts) + 1))
    dates = [part.due_on for part in plan.parts]
    assert dates[0] == first
    assert dates == sorted(set(dates))
    monthly = [part.amount_minor for part in plan.parts[1 if down else 0 :]]
    assert len(monthly) == instalments
    assert max(monthly) - min(monthly) <= 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"waiver_minor": 30_000}, None),
        (
            {"waiver_minor": 30_001},
            "waiver_minor: 30001 is more than 30 % of the arrears of 100000",
        ),
        ({"down_payment_minor": 99_997}, None),
        (
            {"down_payment_minor": 99_998},
            "down_payment_minor: leaves 2 for 3 instalments",
        ),
        ({"first_due_on": "2026-05-04"}, None),
        (
            {"first_due_on": "2026-05-03"},
            "first_due_on: 2026-05-03 lies in the past, before 2026-05-04",
        ),
        ({"first_due_on": "2026-06-03"}, None),
        (
            {"first_due_on": "2026-06-04"},
            "first_due_on: 2026-06-04 is not within 30 days of 2026-05-04",
        ),
        ({"instalments": 61}, None),  # sixty months from the first to the last
        ({"instalments": 62}, "instalments: 62 last longer than 60 months"),
        ({"instalments": 60, "down_payment_minor": 1}, None),
        (
            {"instalments": 61, "down_payment_minor": 1},
            "instalments: 61 last longer than 60 months",
        ),
    ],
)
def test_each_limit_at_and_beyond_it(values: dict[str, object], reason: str | None) -> None:
    """A proposal at the limit is a plan; one beyond it is refused in words."""
    if reason is None:
        assert build_plan(100_000, proposed(**values), RICH, NO_FIRST_SHARE, TODAY).parts
        return
    with pytest.raises(PlanRefusedError) as refused:
        build_plan(100_000, proposed(**values), RICH, NO_FIRST_SHARE, TODAY)
    assert str(refused.value) == reason


def test_every_broken_limit_is_named() -> None:
    """So that the crew need not guess again and again."""
    with pytest.raises(PlanRefusedError) as refused:
        build_plan(
            100_000,
            proposed(waiver_minor=90_000, instalments=100, first_due_on="2027-01-01"),
            RICH,
            NO_FIRST_SHARE,
            TODAY,
        )
    assert [part.split(":")[0] for part in str(refused.value).split("; ")] == [
        "waiver_minor",
        "first_due_on",
        "instalments",
    ]


@pytest.mark.parametrize(
    ("income", "expense", "reason"),
    [
        (47_620, 0, None),  # 70 % of it is 33,334
        (47_618, 0, "instalments: 33334 a month is more than the affordable 33332, in minor units"),
        (10, 20, "instalments: 33334 a month is more than the affordable 0, in minor units"),
    ],
)
def test_part_must_be_affordable(income: int, expense: int, reason: str | None) -> None:
    """Against the stated surplus; without a statement there is no plan."""
    capacity = Capacity(monthly_income_minor=income, monthly_expense_minor=expense)
    if reason is None:
        assert build_plan(100_000, proposed(), capacity, RULES, TODAY).parts
        return
    with pytest.raises(PlanRefusedError, match=reason):
        build_plan(100_000, proposed(), capacity, RULES, TODAY)


def test_plan_without_a_capacity_is_refused() -> None:
    """Nothing is agreed on without income and expense."""
    with pytest.raises(PlanRefusedError, match="capacity: income and expense are needed"):
        build_plan(100_000, proposed(), None, RULES, TODAY)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"instalments": 20}, None),  # each of them is 5 %
        ({"instalments": 21}, "instalments: a first payment of 4762 is less than 5 % of 100000"),
        ({"instalments": 21, "down_payment_minor": 5_000}, None),
        (
            {"instalments": 21, "down_payment_minor": 4_999},
            "down_payment_minor: a first payment of 4999 is less than 5 % of 100000",
        ),
        ({"instalments": 20, "waiver_minor": 30_000}, None),  # of what is left to pay
    ],
)
def test_first_payment_is_a_share_of_the_total(
    values: dict[str, object], reason: str | None
) -> None:
    """The down payment, or the first part without one."""
    if reason is None:
        assert build_plan(100_000, proposed(**values), RICH, RULES, TODAY).parts
        return
    with pytest.raises(PlanRefusedError) as refused:
        build_plan(100_000, proposed(**values), RICH, RULES, TODAY)
    assert str(refused.value) == reason


def test_plan_covers_the_penalty_too() -> None:
    """Limits and shares are of arrears and penalty together."""
    plan = build_plan(90_000, proposed(waiver_minor=30_000), RICH, RULES, TODAY, 10_000)
    assert (plan.owed_minor, plan.total_minor, plan.penalty_minor) == (100_000, 70_000, 10_000)
    with pytest.raises(PlanRefusedError, match="30001 is more than 30 % of the arrears of 100000"):
        build_plan(90_000, proposed(waiver_minor=30_001), RICH, RULES, TODAY, 10_000)


PLANS = 50_000


def test_fifty_thousand_plans_keep_every_bound() -> None:
    """A proposal is refused, or its parts are whole, affordable, monthly and within the limits."""
    accepted = 0
    for number in range(PLANS):
        arrears, penalty, waiver = 1_000 + number * 7, number % 991, number * 31 % 4_000
        proposal = Proposal(
            instalments=1 + number % 30,
            down_payment_minor=number % 3 * number % 997,
            first_due_on=TODAY + timedelta(days=number % 31),
            waiver_minor=waiver,
        )
        try:
            plan = build_plan(arrears, proposal, RICH, RULES, TODAY, penalty)
        except PlanRefusedError:
            continue
        accepted += 1
        days = [part.due_on for part in plan.parts]
        months = [day.year * 12 + day.month for day in days]
        if (
            plan.total_minor != arrears + penalty - waiver
            or min(part.amount_minor for part in plan.parts) < 1
            or plan.parts[0].amount_minor * 20 < plan.total_minor
            or waiver * 10 > plan.owed_minor * 3
            or months != list(range(months[0], months[0] + len(months)))
            or days != sorted(days)
        ):
            pytest.fail(f"{proposal}: {plan}")
    assert accepted > PLANS // 10


def test_rules_are_those_of_the_policy(policy: Policy) -> None:
    """The numbers above are the shipped ones."""
    assert policy.plan == RULES
