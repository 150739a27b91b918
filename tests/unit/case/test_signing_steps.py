"""What is to be said of a document that waits for a signature, and when."""

from datetime import timedelta

from domain.case.state import PlanState
from domain.case.words import BEFORE_IT_EXPIRES, signing_steps
from domain.messages.templates import Template
from domain.plan.plan import Plan
from domain.plan.progress import Part
from domain.policy.policy import Policy
from tests.support.situations import NOON, situation

FIRST, AGAIN = Template.AGREEMENT_TO_SIGN, Template.AGREEMENT_EXPIRES


def _offered(left: timedelta, said: list[str]) -> PlanState:
    part = Part(number=1, due_on=NOON.date(), amount_minor=1)
    return PlanState(
        plan_id="P-1",
        plan=Plan(as_of=NOON.date(), arrears_minor=1, waiver_minor=0, parts=[part]),
        document_sha256="0" * 64,
        offers=1,
        expires_at=NOON + left,
        said=said,
    )


def _to_say(policy: Policy, left: timedelta, *said: str) -> list[Template]:
    return [step.template for step in signing_steps(_offered(left, [*said]), situation(policy))]


def test_a_document_is_told_of_twice(policy: Policy) -> None:
    """At once, and a day before it expires."""
    left = BEFORE_IT_EXPIRES + timedelta(hours=1)
    assert _to_say(policy, left) == [FIRST, AGAIN]
    assert _to_say(policy, left, "sign-1") == [AGAIN]
    assert _to_say(policy, left, "sign-1", "sign-1-again") == []


def test_on_its_last_day_it_is_told_of_once(policy: Policy) -> None:
    """After a hold, for one: that it is ready goes without saying."""
    assert _to_say(policy, BEFORE_IT_EXPIRES) == [AGAIN]
    assert _to_say(policy, BEFORE_IT_EXPIRES, "sign-1-again") == []


def test_nothing_is_said_of_what_is_not_drawn_up(policy: Policy) -> None:
    """Nobody can sign it yet."""
    plan = _offered(BEFORE_IT_EXPIRES, []).model_copy(update={"document_sha256": None})
    assert signing_steps(plan, situation(policy)) == []
