"""What holds for every history, zone, clock change and policy that the contact rules meet.

The rules are said again here in other words, one contact at a time, and compared.
"""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.contact.facts import ContactFacts, Fate, PastAttempt
from domain.contact.question import Allowed, Refused
from domain.local_time import HoursOfDay
from domain.policy.contact import Counted, Counter, Purpose, Scope
from domain.policy.policy import Policy
from domain.policy.rule import Rule
from tests.support.contact.rules_said_again import World, is_lawful
from tests.support.contact.worlds import histories

EXAMPLES = settings(
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
MINUTE = timedelta(minutes=1)
LOOKS = 40  # between now and the moment to try again


@EXAMPLES
@given(st.data())
def test_allowed_contact_breaks_no_rule(data: st.DataObject) -> None:
    """No cap, no hour, no hold, no wish, under none of the policies in force."""
    world = World(data)
    decision = world.ask()
    if isinstance(decision, Allowed):
        assert is_lawful(world, decision.phone_id, world.now)
    else:
        assert decision.reason
        assert decision.retry_at is None or decision.retry_at > world.now
        lawful = [p for p in world.facts.phones if is_lawful(world, p.phone_id, world.now)]
        assert not lawful, "refused, and no rule says so"


@EXAMPLES
@given(st.data())
def test_retry_is_the_first_moment_that_is_allowed(data: st.DataObject) -> None:
    """If nothing happens: allowed then, and at no moment before."""
    world = World(data)
    decision = world.ask()
    assume(isinstance(decision, Refused))
    assert isinstance(decision, Refused)
    horizon = world.now + timedelta(days=12)
    if decision.retry_at is not None:
        assert isinstance(world.ask(decision.retry_at), Allowed)
        horizon = min(horizon, decision.retry_at)
    before = horizon - world.now - timedelta(microseconds=1)
    for share in range(LOOKS):
        assert isinstance(world.ask(world.now + before * share / LOOKS), Refused)
    if decision.retry_at is not None:
        assert isinstance(world.ask(decision.retry_at - timedelta(microseconds=1)), Refused)


@EXAMPLES
@given(st.data())
def test_strictest_of_two_policies_binds(data: st.DataObject) -> None:
    """Two policies allow what both of them allow, on a number that suits both."""
    world = World(data, few=2)
    pinned, current = world.policies
    both = world.ask()
    alone = world.ask(policies=[pinned])
    if isinstance(alone, Refused):
        assert isinstance(both, Refused)
        assert alone.retry_at is not None or both.retry_at is None
        if alone.retry_at is not None and both.retry_at is not None:
            assert both.retry_at >= alone.retry_at
    if isinstance(world.ask(policies=[current]), Refused) and current in world.in_force(world.now):
        assert isinstance(both, Refused)


def _lower(rule: Rule[Counter]) -> Rule[Counter]:
    return _changed(rule, limit=max(rule.value.limit - 1, 0))


def _longer(rule: Rule[Counter]) -> Rule[Counter]:
    window = rule.value.window
    lengths = {name: length + 1 for name, length in window if length is not None}
    return _changed(rule, window=window.model_copy(update=lengths))


def _for_all_purposes(rule: Rule[Counter]) -> Rule[Counter]:
    return _changed(rule, purposes=())


def _all_loans(rule: Rule[Counter]) -> Rule[Counter]:
    return _changed(rule, scope=Scope.BORROWER)


def _every_attempt(rule: Rule[Counter]) -> Rule[Counter]:
    return _changed(rule, counted=Counted.ATTEMPTS)


def _changed(rule: Rule[Counter], **values: Any) -> Rule[Counter]:
    return rule.model_copy(update={"value": rule.value.model_copy(update=values)})


@pytest.mark.parametrize(
    "tighten", [_lower, _longer, _for_all_purposes, _all_loans, _every_attempt]
)
@settings(EXAMPLES, max_examples=50)
@given(data=st.data())
def test_tighter_counters_never_allow_more(tighten: Any, data: st.DataObject) -> None:
    """A lower limit, a longer window, a wider count: refused before, refused after."""
    world = World(data)
    tighter = [
        _with_contact(policy, counters={
            name: tighten(rule) for name, rule in policy.contact.counters.items()
        })
        for policy in world.policies
    ]  # fmt: skip
    _assert_not_more(world, tighter)


@EXAMPLES
@given(st.data())
def test_narrower_hours_never_allow_more(data: st.DataObject) -> None:
    """An hour less in the evening, an added counter, a rule that was disabled."""
    world = World(data)
    _assert_not_more(world, [_narrower(policy) for policy in world.policies])
    enabled = [
        _with_contact(policy, counters={
            name: rule.model_copy(update={"enabled": True})
            for name, rule in policy.contact.counters.items()
        })
        for policy in world.policies
    ]  # fmt: skip
    _assert_not_more(world, enabled)


def _narrower(policy: Policy) -> Policy:
    rule = policy.contact.permitted_hours
    start, end = rule.value.start, rule.value.end
    if end.hour - start.hour < 2:
        return policy
    hours = HoursOfDay(start=start, end=end.replace(hour=end.hour - 1))
    return _with_contact(policy, permitted_hours=rule.model_copy(update={"value": hours}))


def _with_contact(policy: Policy, **changes: Any) -> Policy:
    return policy.model_copy(update={"contact": policy.contact.model_copy(update=changes)})


def _assert_not_more(world: World, tighter: list[Policy]) -> None:
    before, after = world.ask(), world.ask(policies=tighter)
    if isinstance(before, Refused):
        assert isinstance(after, Refused)
        if before.retry_at is None:
            assert after.retry_at is None
        elif after.retry_at is not None:
            assert after.retry_at >= before.retry_at


@EXAMPLES
@given(st.data())
def test_one_contact_more_never_allows_more(data: st.DataObject) -> None:
    """Whatever is added to the history; but for failed calls, which show who is unreachable."""
    world = World(data)
    assume(world.purpose is not Purpose.LOCATE)
    before = world.ask()
    assume(isinstance(before, Refused))
    more = data.draw(histories(world.now), "more")
    world.facts = _with_attempts(world.facts, more)
    assert isinstance(world.ask(), Refused)


def _with_attempts(facts: ContactFacts, more: list[PastAttempt]) -> ContactFacts:
    return facts.model_copy(update={"attempts": [*facts.attempts, *more]})


@settings(EXAMPLES, max_examples=50)
@given(st.data())
def test_caps_hold_for_whoever_contacts_at_every_permitted_moment(data: st.DataObject) -> None:
    """Twelve contacts in a row, each as early as the rules permit: none of them breaks a cap."""
    world = World(data, many=1)
    moment = world.now
    for _ in range(12):
        decision = world.ask(moment)
        if isinstance(decision, Refused):
            if decision.retry_at is None:
                return
            moment = decision.retry_at
            decision = world.ask(moment)
        assert isinstance(decision, Allowed)
        assert is_lawful(world, decision.phone_id, moment)
        made = PastAttempt(
            at=moment,
            channel=world.channel,
            purpose=world.purpose,
            phone_id=decision.phone_id,
            loan_id=world.facts.loan_id,
            fate=data.draw(st.sampled_from(Fate)),
        )
        world.facts = _with_attempts(world.facts, [made])
        moment += MINUTE
