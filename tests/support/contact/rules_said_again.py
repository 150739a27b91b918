"""The contact rules, said again in other words: one contact at a time, in a generated world."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hypothesis import strategies as st

from domain.contact.facts import Fate, PastAttempt, Relation
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
        back = rules.look_back
        failed = [past for past in calls[last_reached + 1 :] if moment - past.at < back]
        days = [local(past.at, facts).date() for past in failed]
        earlier = [day for day in days if day < today]
        in_a_row = rules.failed_calls.binds(today) and len(earlier) >= rules.failed_calls.value
        length = rules.failed_days.value
        day_by_day = rules.failed_days.binds(today) and any(
            all(day - timedelta(days=back) in earlier for back in range(length)) for day in earlier
        )
        if not (in_a_row or day_by_day):
            return False
    return True
