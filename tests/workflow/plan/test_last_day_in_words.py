"""The last day that a message names is the last one on which a payment keeps the plan."""

from datetime import timedelta

import pytest

from database.policy.stored_policies import StoredPolicies
from domain.case.state import Stage
from policies.reader import fingerprint
from tests.support.lives.life import Life
from tests.support.lives.parts import due_of, sent_as, skip_to_noon

GRACE_DAYS = 5  # as the document states


async def _adopt(life: Life, grace_days: int) -> None:
    """Another policy, with days of grace that the signed document does not have."""
    grace = life.policy.plan.grace_days.model_copy(update={"value": grace_days})
    update = {"grace_days": grace, "guided_reminder_days": None}
    rules = life.policy.plan.model_copy(update=update)
    other = life.policy.model_copy(update={"version": "cn-other", "plan": rules})
    await StoredPolicies(life.pool).store_policy(other, fingerprint(other), await life.now())
    await life.accepted("policy_adopted", policy_version=other.version)


@pytest.mark.parametrize("grace_days", [1, GRACE_DAYS, 10])
async def test_it_is_the_day_of_the_document(life: Life, grace_days: int) -> None:
    """Whatever policy the case has adopted since."""
    status = await life.drive_to(Stage.REPAYMENT)
    if grace_days != GRACE_DAYS:
        await _adopt(life, grace_days)
    await skip_to_noon(life, due_of(status, 2) + timedelta(days=2))
    last = due_of(status, 2) + timedelta(days=GRACE_DAYS)
    said = (await sent_as(life, "payment_help"))[-1]["text"]
    assert f"请于{last.year}年{last.month}月{last.day}日（含）前还款，以免协议终止" in said


async def test_after_a_reversal_it_is_that_of_the_new_grace(life: Life) -> None:
    """Weeks after the due date; and who pays on that day has kept the plan."""
    status = await life.drive_to(Stage.REPAYMENT)
    await skip_to_noon(life, due_of(status, 2))
    await life.pay(payment_id="BOUNCES", amount_minor=status["plan"]["next_part"]["rest_minor"])
    await skip_to_noon(life, due_of(status, 2) + timedelta(days=12))
    await life.accepted("payment_reversed", payment_id="BOUNCES")
    reversed_on = life.loan.on(await life.now())
    await life.skip(timedelta(days=1))
    last = reversed_on + timedelta(days=GRACE_DAYS - 1)
    said = (await sent_as(life, "payment_help"))[-1]["text"]
    assert f"请于{last.year}年{last.month}月{last.day}日（含）前还款，以免协议终止" in said
    await life.skip_to(life.loan.local(last, 23))
    status = await life.pay(status["plan"]["next_part"]["rest_minor"])
    assert (status["broken_plans"], status["plan"]["next_part"]["number"]) == (0, 3)
