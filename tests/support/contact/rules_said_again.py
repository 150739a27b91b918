"""The contact rules, said again in other words: one contact at a time, in a generated world."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hypothesis import strategies as st

from domain.contact.facts import Conversation, Fate, PastAttempt, Relation
from domain.contact.permission import may_contact
from domain.contact.question import Decision
from domain.policy.contact import Channel, Counted, Counter, Purpose, Scope
from domain.policy.policy import Policy
from tests.support.contact.worlds import NOWS, borrowers, local, policies


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


def _in_window(
    past: PastAttempt | Conversation, counter: Counter, world: World, moment: datetime
) -> bool:
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
            if counter.inbound:
                count += sum(
                    _in_window(began, counter, world, moment)
                    for began in world.facts.conversations
                    if counter.scope is not Scope.LOAN or began.loan_id == world.facts.loan_id
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


def is_lawful(world: World, phone_id: str, moment: datetime) -> bool:
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
            world.channel is Channel.CALL
            or world.purpose is Purpose.LOCATE
            or _is_right_party(world, phone_id, moment),
        )
    )


def _is_right_party(world: World, phone_id: str, moment: datetime) -> bool:
    """Each policy that asks for it accepts something that shows whose number it is."""
    today = local(moment, world.facts).date()
    asking = [policy.contact.right_party for policy in world.in_force(moment)]
    return all(
        any(shown in rules.confirmed_by.value for shown in world.facts.confirmed.get(phone_id, []))
        for rules in asking
        if rules is not None and rules.confirmed_only.binds(today) and rules.confirmed_only.value
    )


def _is_unreachable(world: World, moment: datetime) -> bool:
    """CN-08: nothing was heard of them; each of their numbers is dead, or failed in a row."""
    facts = world.facts
    own = [phone for phone in facts.phones if phone.relation is Relation.SELF]
    tried = [phone for phone in own if phone.usable and not phone.blocked]
    said_no = [phone for phone in own if phone.usable and phone.blocked]
    said_no += [phone for phone in own if phone.phone_id in facts.refused_phone_ids]
    if said_no and not tried:
        return False
    return all(
        policy.contact.third_parties.permitted.value
        and not _was_heard_of(world, policy, moment)
        and all(_has_failed(world, policy, phone.phone_id, moment) for phone in tried)
        for policy in world.in_force(moment)
    )


def _was_heard_of(world: World, policy: Policy, moment: datetime) -> bool:
    at = world.facts.last_act_at
    return at is not None and moment - at < policy.contact.third_parties.look_back


def _has_failed(world: World, policy: Policy, phone_id: str, moment: datetime) -> bool:
    """Enough calls in a row, or on enough days in a row, and a night has passed."""
    facts, rules = world.facts, policy.contact.third_parties
    today = local(moment, facts).date()
    calls = [
        past
        for past in facts.attempts
        if past.channel is Channel.CALL and past.phone_id == phone_id
    ]
    calls = sorted(calls, key=lambda past: past.at)
    last_reached = max(
        (n for n, past in enumerate(calls) if past.fate is not Fate.UNANSWERED), default=-1
    )
    failed = [past for past in calls[last_reached + 1 :] if moment - past.at < rules.look_back]
    earlier = [day for past in failed if (day := local(past.at, facts).date()) < today]
    in_a_row = rules.failed_calls.binds(today) and len(earlier) >= rules.failed_calls.value
    length = rules.failed_days.value
    day_by_day = rules.failed_days.binds(today) and any(
        all(day - timedelta(days=back) in earlier for back in range(length)) for day in earlier
    )
    return in_a_row or day_by_day
