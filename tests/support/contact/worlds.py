"""Borrowers, histories and policies for the property tests of the contact rules."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from domain.contact.facts import (
    ContactFacts,
    Conversation,
    Fate,
    PastAttempt,
    Phone,
    Relation,
)
from domain.contact.hold import Hold
from domain.events import AgreedHours
from domain.local_time import HoursOfDay
from domain.policy.contact import (
    Channel,
    Counted,
    Counter,
    Purpose,
    Scope,
    ThirdPartyPolicy,
    Window,
)
from domain.policy.policy import Policy
from domain.policy.right_party import Confirmation, RightPartyPolicy
from domain.policy.rule import Rule
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY

SHIPPED = read_policy(CHINA_POLICY)
ZONES = ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Africa/Cairo", "Pacific/Auckland"]
# Days around which clocks change in one of the zones, and an ordinary one.
_CHANGES = [(3, 8), (3, 29), (4, 5), (4, 24), (6, 17), (9, 27), (10, 25), (10, 29), (11, 1)]
DAYS = [date(2026, month, day) for month, day in _CHANGES]
CONFIRMATIONS = [Confirmation.ORIGINATION, Confirmation.APP, Confirmation.REPLY]
PHONES, LOANS = ["p1", "p2", "q1"], ["L-1", "L-2"]
# Calls are dense enough to reach the limits, and far enough apart to leave windows at all hours.
NOWS = st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + timedelta(minutes=minutes),
    st.sampled_from(DAYS),
    st.integers(-1440, 2880),
)
WINDOWS = st.one_of(
    st.builds(Window, calendar_days=st.integers(1, 8)),
    st.builds(Window, rolling_days=st.integers(1, 8)),
    st.builds(Window, rolling_hours=st.integers(1, 80)),
)
# Hours begin after the night in which clocks change: nobody permits contact at three.
HOURS = st.tuples(st.integers(5, 22), st.integers(6, 23)).filter(lambda pair: pair[0] < pair[1])


def _dates() -> st.SearchStrategy[dict[str, date | None]]:
    """From and until, near the days above, mostly open."""
    near = st.none() | st.sampled_from(
        [day + timedelta(days=after) for day in DAYS for after in (-1, 1, 3)]
    )
    return st.tuples(near, near).map(
        lambda pair: dict(zip(("effective_from", "effective_until"), _ordered(*pair), strict=True))
    )


def _ordered(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    return (last, first) if first and last and first > last else (first, last)


@st.composite
def counters(draw: st.DrawFn) -> Counter:
    """Any counter that the policy model accepts."""
    channel = draw(st.sampled_from([None, *Channel]))
    scope = draw(st.sampled_from(Scope))
    counted = st.sampled_from(Counted) if channel is Channel.CALL else st.just(Counted.ATTEMPTS)
    what = draw(counted)
    may_come_in = what is not Counted.UNANSWERED and scope is not Scope.PHONE
    return Counter(
        scope=scope,
        channel=channel,
        counted=what,
        inbound=may_come_in and draw(st.booleans()),
        purposes=tuple(draw(st.sets(st.sampled_from(Purpose), max_size=2))),
        window=draw(WINDOWS),
        limit=draw(st.integers(0, 4)),
    )


def rule_of(value: Any, name: str, **changes: Any) -> Rule[Any]:
    """A rule with a value, of our own choice."""
    rule = SHIPPED.contact.counters["messages_per_day"]
    return rule.model_copy(update={"value": value, "id": f"T-{name}", **changes})


@st.composite
def rules(draw: st.DrawFn, values: st.SearchStrategy[Any], name: str) -> Rule[Any]:
    """A rule: mostly in force, at times disabled or dated."""
    dated = draw(st.sampled_from([False, False, True]))
    dates = draw(_dates()) if dated else {}
    return rule_of(draw(values), name, enabled=draw(st.sampled_from([True] * 9 + [False])), **dates)


def hours() -> st.SearchStrategy[HoursOfDay]:
    return HOURS.map(lambda pair: HoursOfDay(start=time(pair[0]), end=time(pair[1])))


@st.composite
def right_parties(draw: st.DrawFn) -> RightPartyPolicy:
    """What a policy asks of a number: nothing, or one of some confirmations."""
    shown_by = st.lists(st.sampled_from(CONFIRMATIONS), min_size=1, max_size=2, unique=True)
    return RightPartyPolicy.model_construct(
        confirmed_only=draw(rules(st.sampled_from([True, True, False]), "right-party")),
        confirmed_by=rule_of(draw(shown_by.map(tuple)), "shown-by"),
        neutral_days=rule_of(7, "neutral"),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """The shipped policy with generated hours, counters, third-party rules and dates."""
    count = draw(st.integers(0, 3))
    by_channel = draw(st.sets(st.sampled_from(Channel), max_size=1))
    third_parties = ThirdPartyPolicy.model_construct(
        permitted=rule_of(draw(st.sampled_from([True, True, False])), "permitted"),
        failed_calls=draw(rules(st.integers(1, 3), "calls")),
        failed_days=draw(rules(st.integers(1, 3), "days")),
        look_back_days=draw(st.none() | st.integers(4, 9).map(lambda days: rule_of(days, "back"))),
    )
    contact = SHIPPED.contact.model_copy(
        update={
            "permitted_hours": draw(rules(hours(), "hours")),
            "permitted_hours_by_channel": {
                channel: draw(rules(hours(), channel)) for channel in by_channel
            },
            "counters": {f"{n}": draw(rules(counters(), f"{n}")) for n in range(count)},
            "third_parties": third_parties,
            "right_party": draw(st.none() | right_parties()),
        }
    )
    dates = draw(_dates())
    first = dates["effective_from"] or date(2026, 1, 1)
    return SHIPPED.model_copy(update={"contact": contact, **dates, "effective_from": first})


@st.composite
def histories(draw: st.DrawFn, now: datetime) -> list[PastAttempt]:
    """Contacts of the last ten days, some of them in the same minute or hour."""
    return [
        PastAttempt(
            at=now - timedelta(minutes=draw(st.integers(0, 24 * 60) | st.integers(0, 14400))),
            channel=draw(st.sampled_from(Channel)),
            purpose=draw(st.sampled_from(Purpose)),
            phone_id=draw(st.sampled_from(PHONES)),
            loan_id=draw(st.sampled_from(LOANS)),
            fate=draw(st.sampled_from(Fate)),
        )
        for _ in range(draw(st.integers(0, 10)))
    ]


@st.composite
def borrowers(draw: st.DrawFn, now: datetime) -> ContactFacts:
    """A borrower, mostly one who may be contacted at some time."""
    rarely = st.sampled_from([False] * 9 + [True])
    untils = st.none() | st.integers(-600, 9000).map(
        lambda minutes: now + timedelta(minutes=minutes)
    )
    wishes = [
        AgreedHours(start=time(begin), end=time(end), until=draw(untils))
        for begin, end in draw(st.lists(HOURS, max_size=2))
    ]
    ends = draw(st.lists(untils.filter(bool) if not draw(rarely) else untils, max_size=1))
    return ContactFacts(
        time_zone=draw(st.sampled_from(ZONES)),
        case_open=not draw(rarely),
        arrears_minor=draw(st.sampled_from([1, 1, 1, 0])),
        loan_id="L-1",
        holds=[Hold(hold_id="h", reason="dispute", until=end) for end in ends],
        blocked_channels=["sms"] if draw(rarely) else [],
        agreed_hours=wishes,
        promise_open=draw(rarely),
        plan_honoured=draw(rarely),
        attempts=draw(histories(now)),
        phones=[
            Phone(
                phone_id=name,
                usable=draw(st.sampled_from([True, True, False])),
                blocked=draw(rarely),
                relation=Relation.CONTACT_PERSON if name == "q1" else Relation.SELF,
            )
            for name in PHONES
        ],
        confirmed={
            name: draw(st.lists(st.sampled_from(CONFIRMATIONS), max_size=2)) for name in PHONES[:2]
        },
        refused_phone_ids=["p2"] if draw(rarely) else [],
        conversations=[
            Conversation(at=now - timedelta(minutes=ago), loan_id=draw(st.sampled_from(LOANS)))
            for ago in draw(st.lists(st.integers(1, 12_000), max_size=2))
        ],
        last_act_at=draw(
            st.none() | st.integers(1, 15_000).map(lambda ago: now - timedelta(minutes=ago))
        ),
    )


def local(moment: datetime, facts: ContactFacts) -> datetime:
    """A moment on the borrower's clock."""
    return moment.astimezone(ZoneInfo(facts.time_zone))
