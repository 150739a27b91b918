"""What holds for every history, zone, clock change and policy that the contact rules meet.

The rules are said again here in other words, one contact at a time, and compared.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.contact.facts import ContactFacts, Fate, PastAttempt, Relation
from domain.contact.permission import may_contact
from domain.contact.question import Allowed, Decision, Refused
from domain.local_time import HoursOfDay
from domain.policy.contact import Channel, Counted, Counter, Purpose, Scope
from domain.policy.policy import Policy
from domain.policy.rule import Rule
from tests.support.contact.worlds import NOWS, borrowers, histories, local, policies

EXAMPLES = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
MINUTE = timedelta(minutes=1)
LOOKS = 40  # between now and the moment to try again


class World:
    """One question in a generated world."""

    def __init__(self, data: st.DataObject, few: int = 1, many: int = 2) -> None:
        self.now = data.draw(NOWS, "now")
        self.facts = data.draw(borrowers(self.now), "facts")
        self.policies = data.draw(st.lists(policies(), min_size=few, max_size=many), "policies")
        self.channel = data.draw(st.sampled_from(Channel), "channel")
        self.purpose = data.draw(st.sampled_from(Purpose), "purpose")

    def ask(self, now: datetime | None = None, policies: list[Policy] | None = None) -> Decision:
        return may_contact(
            self.channel, self.purpose, self.facts, policies or self.policies, now or self.now
        )

    def in_force(self, moment: datetime) -> list[Policy]:
        day = local(moment, self.facts).date()
        first, *others = self.policies
        return [first, *(policy for policy in others if policy.is_in_effect(day))]


# The rules, said again


def _is_counted(past: PastAttempt, counter: Counter, world: World, phone_id: str) -> bool:
    if counter.channel is not None and past.channel is not counter.channel:
        return False
    if counter.purposes and past.purpose not in counter.purposes:
        return False
    if counter.scope is Scope.PHONE and past.phone_id != phone_id:
        return False
    if counter.scope is Scope.LOAN and past.loan_id != world.facts.loan_id:
        return False
    if counter.counted is Counted.CONNECTED:
        return past.fate is not Fate.UNANSWERED
    return counter.counted is Counted.ATTEMPTS or past.fate is not Fate.CONNECTED


def _in_window(past: PastAttempt, counter: Counter, world: World, moment: datetime) -> bool:
    window = counter.window
    if window.calendar_days is not None:
        today = local(moment, world.facts).date()
        return (today - local(past.at, world.facts).date()).days < window.calendar_days
    length = timedelta(hours=(window.rolling_days or 0) * 24 + (window.rolling_hours or 0))
    return moment - past.at < length


def _broken_caps(world: World, phone_id: str, moment: datetime) -> Iterator[str]:
    today = local(moment, world.facts).date()
    for policy in world.in_force(moment):
        for rule in policy.contact.counters.values():
            counter = rule.value
            if not rule.binds(today) or counter.channel not in (None, world.channel):
                continue
            if counter.purposes and world.purpose not in counter.purposes:
                continue
            count = sum(
                _is_counted(past, counter, world, phone_id)
                and _in_window(past, counter, world, moment)
                for past in world.facts.attempts
            )
            if count >= counter.limit:
                yield rule.id


def _hours_kept(world: World, moment: datetime) -> bool:
    clock = local(moment, world.facts)
    wishes = [
        wish for wish in world.facts.agreed_hours if wish.until is None or moment < wish.until
    ]
    hours = [
        policy.contact.hours_of(world.channel, clock.date()) for policy in world.in_force(moment)
    ]
    binding = [rule.value for rule in hours if rule.binds(clock.date())]
    return all(each.start <= clock.time() < each.end for each in binding) and (
        not wishes or any(wish.start <= clock.time() < wish.end for wish in wishes)
    )


def _is_lawful(world: World, phone_id: str, moment: datetime) -> bool:
    facts = world.facts
    phone = next(phone for phone in facts.phones if phone.phone_id == phone_id)
    silent = world.purpose in (Purpose.COLLECTION, Purpose.LOCATE)
    closing = world.purpose is Purpose.CLOSING
    return all(
        (
            (facts.arrears_minor == 0) == closing,
            closing or facts.case_open,
            not any(hold.until is None or moment < hold.until for hold in facts.holds),
            world.channel not in facts.blocked_channels,
            not silent or not (facts.promise_open or facts.plan_honoured),
            phone.usable,
            not phone.blocked,
            (phone.relation is Relation.CONTACT_PERSON) == (world.purpose is Purpose.LOCATE),
            _hours_kept(world, moment),
            not list(_broken_caps(world, phone_id, moment)),
            world.purpose is not Purpose.LOCATE or _is_unreachable(world, moment),
        )
    )


def _is_unreachable(world: World, moment: datetime) -> bool:
    """CN-08: every number is dead; or calls failed in a row, and a night has passed."""
    facts = world.facts
    own = {phone.phone_id: phone for phone in facts.phones if phone.relation is Relation.SELF}
    today = local(moment, facts).date()
    for policy in world.in_force(moment):
        rules = policy.contact.third_parties
        if not rules.permitted.value:
            return False
        if not any(phone.usable for phone in own.values()):
            continue
        calls = [past for past in facts.attempts if past.channel is Channel.CALL]
        calls = sorted((past for past in calls if past.phone_id in own), key=lambda past: past.at)
        last_reached = max(
            (n for n, past in enumerate(calls) if past.fate is not Fate.UNANSWERED), default=-1
        )
        week = [past for past in calls[last_reached + 1 :] if moment - past.at < timedelta(days=7)]
        days = [local(past.at, facts).date() for past in week]
        earlier = [day for day in days if day < today]
        in_a_row = rules.failed_calls.binds(today) and len(earlier) >= rules.failed_calls.value
        length = rules.failed_days.value
        day_by_day = rules.failed_days.binds(today) and any(
            all(day - timedelta(days=back) in earlier for back in range(length)) for day in earlier
        )
        if not (in_a_row or day_by_day):
            return False
    return True


# The properties


@EXAMPLES
@given(st.data())
def test_allowed_contact_breaks_no_rule(data: st.DataObject) -> None:
    """No cap, no hour, no hold, no wish, under none of the policies in force."""
    world = World(data)
    decision = world.ask()
    if isinstance(decision, Allowed):
        assert _is_lawful(world, decision.phone_id, world.now)
    else:
        assert decision.reason
        assert decision.retry_at is None or decision.retry_at > world.now
        lawful = [p for p in world.facts.phones if _is_lawful(world, p.phone_id, world.now)]
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
        assert _is_lawful(world, decision.phone_id, moment)
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
