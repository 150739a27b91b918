"""Contact persons: only when the borrower cannot be reached, and never about the debt."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from domain.contact.facts import ContactFacts, Fate, PastAttempt, Phone, Relation
from domain.contact.intent import Intent
from domain.contact.permission import may_contact
from domain.contact.question import Allowed, Decision, Refused
from domain.messages.templates import WITHOUT_DEBT_DETAILS, Template
from domain.policy.contact import Channel, Purpose
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY
from tests.support.shipped_texts import TEXTS

POLICY = read_policy(CHINA_POLICY)
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 9, 20)
NOON = datetime.combine(DAY, time(12), ZONE).astimezone(UTC)
YESTERDAY = NOON - timedelta(days=1)
OWN = Phone(phone_id="own", usable=True, blocked=False)
FRIEND = Phone(phone_id="friend", usable=True, blocked=False, relation=Relation.CONTACT_PERSON)


def _calls(
    *ats: datetime, fate: Fate = Fate.UNANSWERED, phone_id: str = "own"
) -> list[PastAttempt]:
    values = {"channel": Channel.CALL, "purpose": Purpose.COLLECTION, "loan_id": "L-1"}
    return [PastAttempt(at=at, fate=fate, phone_id=phone_id, **values) for at in ats]


def _ask(
    attempts: list[PastAttempt],
    phones: list[Phone] | None = None,
    purpose: Purpose = Purpose.LOCATE,
    now: datetime = NOON,
    **values: Any,
) -> Decision:
    facts = ContactFacts(
        time_zone=ZONE.key,
        case_open=True,
        arrears_minor=1,
        loan_id="L-1",
        attempts=attempts,
        phones=[FRIEND, OWN] if phones is None else phones,
        **values,
    )
    return may_contact(Channel.CALL, purpose, facts, [POLICY], now)


def _hours_ago(*hours: int, before: datetime = YESTERDAY) -> list[datetime]:
    return [before - timedelta(hours=each) for each in hours]


@pytest.mark.parametrize(
    ("attempts", "rule"),
    [
        ([], "CN-08"),
        (_calls(*_hours_ago(0, 1)), "CN-08"),
        (_calls(*_hours_ago(0, 1, 2)), "allowed"),
        (_calls(*_hours_ago(0, 1, 2, 3)), "allowed"),
        # the third of them failed today: from tomorrow on
        (_calls(NOON - timedelta(hours=1), *_hours_ago(0, 1)), "CN-08"),
        # one that was answered, or of which nobody knows, starts the count again
        (_calls(*_hours_ago(0, 1, 3)) + _calls(*_hours_ago(2), fate=Fate.CONNECTED), "CN-08"),
        (_calls(*_hours_ago(0, 1, 3)) + _calls(*_hours_ago(2), fate=Fate.PENDING), "CN-08"),
        (_calls(*_hours_ago(1, 2, 3)) + _calls(*_hours_ago(9), fate=Fate.CONNECTED), "allowed"),
        # calls to the contact person say nothing about the borrower
        (_calls(*_hours_ago(1, 2, 3), phone_id="friend"), "CN-08"),
        # nor do calls of last month
        (_calls(*_hours_ago(1, 2, 3, before=NOON - timedelta(days=7))), "CN-08"),
    ],
)
def test_three_failed_calls_show_it_from_the_next_day(
    attempts: list[PastAttempt], rule: str
) -> None:
    """CN-08: in a row, to the borrower's own numbers."""
    decision = _ask(attempts)
    assert (decision.rule_id if isinstance(decision, Refused) else "allowed") == rule


def test_next_day_is_the_time_to_try_again() -> None:
    """At the hour at which contact begins."""
    decision = _ask(_calls(NOON, *_hours_ago(0, 1)), now=NOON + timedelta(hours=1))
    assert isinstance(decision, Refused)
    assert decision.retry_at == datetime.combine(DAY + timedelta(days=1), time(8), ZONE)


def test_days_in_a_row_show_it_too() -> None:
    """Where more calls are asked for than days."""
    rules = POLICY.contact.third_parties
    five = rules.failed_calls.model_copy(update={"value": 5})
    contact = POLICY.contact.model_copy(
        update={"third_parties": rules.model_copy(update={"failed_calls": five})}
    )
    policy = POLICY.model_copy(update={"contact": contact})
    facts = ContactFacts(time_zone=ZONE.key, case_open=True, arrears_minor=1, phones=[FRIEND, OWN])
    for days, allowed in (
        ((1, 2, 3), True),
        ((1, 2), False),
        ((1, 2, 4), False),
        ((0, 1, 2), False),
    ):
        attempts = _calls(*(NOON - timedelta(days=back, hours=1) for back in days))
        asked = facts.model_copy(update={"attempts": attempts})
        decision = may_contact(Channel.CALL, Purpose.LOCATE, asked, [policy], NOON)
        assert isinstance(decision, Allowed) == allowed, days


def test_dead_numbers_show_it_at_once() -> None:
    """A blocked number is not dead: the borrower said not to use it."""
    dead = OWN.model_copy(update={"usable": False})
    blocked = OWN.model_copy(update={"blocked": True})
    answer = _ask([], [FRIEND, dead])
    assert isinstance(answer, Allowed)
    assert answer.phone_id == "friend"
    assert isinstance(_ask([], [FRIEND, dead, OWN]), Refused)
    assert isinstance(_ask([], [FRIEND, blocked]), Refused)
    assert isinstance(_ask([], [FRIEND]), Refused)  # no own number was ever tried


def test_each_number_of_theirs_must_have_failed() -> None:
    """One that was never tried may be the one they answer; a blocked one may not be tried."""
    other = OWN.model_copy(update={"phone_id": "other"})
    first = _calls(*_hours_ago(0, 1, 2))
    second = _calls(*_hours_ago(3, 4, 5), phone_id="other")
    assert isinstance(_ask(first, [FRIEND, OWN, other]), Refused)
    assert isinstance(_ask(first + second[:2], [FRIEND, OWN, other]), Refused)
    assert isinstance(_ask(first + second, [FRIEND, OWN, other]), Allowed)
    blocked = other.model_copy(update={"blocked": True})
    assert isinstance(_ask(first, [FRIEND, OWN, blocked]), Allowed)


@pytest.mark.parametrize(("days", "allowed"), [(1, False), (6, False), (7, True)])
def test_who_was_heard_of_lately_can_be_reached(days: int, allowed: bool) -> None:
    """Also where every call failed, or every number is dead."""
    at = NOON - timedelta(days=days)
    dead = OWN.model_copy(update={"usable": False})
    failed = _ask(_calls(*_hours_ago(0, 1, 2)), [FRIEND, OWN], last_act_at=at)
    decision = _ask([], [FRIEND, dead], last_act_at=at)
    assert isinstance(failed, Allowed) == isinstance(decision, Allowed) == allowed
    if isinstance(decision, Refused):
        assert (decision.rule_id, decision.retry_at) == ("CN-08", at + timedelta(days=7))


def test_who_wants_no_contact_was_reached() -> None:
    """Their number is out of use, and not dead."""
    said_no = OWN.model_copy(update={"usable": False})
    assert isinstance(_ask([], [FRIEND, said_no]), Allowed)
    assert isinstance(_ask([], [FRIEND, said_no], refused_phone_ids=["own"]), Refused)


def test_who_refused_is_not_asked_again() -> None:
    """For good: there is no time to try again."""
    refused = FRIEND.model_copy(update={"usable": False})
    decision = _ask(_calls(*_hours_ago(0, 1, 2)), [refused, OWN])
    assert isinstance(decision, Refused)
    assert (decision.rule_id, decision.retry_at) == ("LC-NO-PHONE", None)


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.LOCATE])
def test_ordinary_contact_never_goes_to_a_contact_person(purpose: Purpose) -> None:
    """Whatever it is for, and whoever cannot be reached."""
    arrears = {"arrears_minor": 0} if purpose is Purpose.CLOSING else {}
    facts = ContactFacts(
        **{"time_zone": ZONE.key, "case_open": True, "arrears_minor": 1, **arrears}, phones=[FRIEND]
    )
    decision = may_contact(Channel.SMS, purpose, facts, [POLICY], NOON)
    assert isinstance(decision, Refused)
    assert decision.rule_id == "LC-NO-PHONE"


def test_contact_person_is_asked_once_a_week() -> None:
    """Our own choice: on either channel together."""
    asked = _calls(YESTERDAY, phone_id="friend")[0].model_copy(update={"purpose": Purpose.LOCATE})
    decision = _ask([asked, *_calls(*_hours_ago(1, 2, 3))])
    assert isinstance(decision, Refused)
    assert decision.rule_id == "LC-THIRD-PARTY"


@pytest.mark.parametrize("values", [{"promise_open": True}, {"plan_honoured": True}])
def test_silence_that_was_promised_is_kept(values: dict[str, Any]) -> None:
    """Nobody is looked for who has promised to pay."""
    assert isinstance(_ask(_calls(*_hours_ago(0, 1, 2)), **values), Refused)


def test_profile_without_permission_asks_nobody() -> None:
    """The default of our own choices; a disabled permission permits nothing either."""
    policy = read_policy(CHINA_POLICY.with_name("us-reg-f.yaml"))
    dead = OWN.model_copy(update={"usable": False})
    facts = ContactFacts(time_zone=ZONE.key, case_open=True, arrears_minor=1, phones=[FRIEND, dead])
    decision = may_contact(Channel.CALL, Purpose.LOCATE, facts, [policy], NOON)
    assert isinstance(decision, Refused)
    assert (decision.rule_id, decision.retry_at) == ("LC-THIRD-PARTY-NONE", None)


@pytest.mark.parametrize("template", Template)
def test_contact_person_reads_nothing_of_a_debt(template: Template) -> None:
    """An intent that would tell one cannot even be made."""
    values = {"key": "k", "case_id": "c", "channel": "sms", "template": template}
    if template in WITHOUT_DEBT_DETAILS:
        assert Intent(**values, purpose=Purpose.LOCATE)
        for language in TEXTS.values():
            fields = language.messages[template]
            assert not any(f"{{{name}}}" in fields for name in ("amount", "days", "pay_at"))
    else:
        with pytest.raises(ValidationError, match="CN-07"):
            Intent(**values, purpose=Purpose.LOCATE)
