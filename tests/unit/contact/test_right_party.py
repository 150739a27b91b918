"""The right person: a debt is told only where the number is known to be the borrower's."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.contact.facts import Conversation, Fate, FirstMessage
from domain.contact.question import Allowed, Decision, Refused
from domain.messages.calls import render_call
from domain.messages.templates import LADDER, Template
from domain.messages.texts import Language
from domain.policy.contact import Counter, Purpose
from domain.policy.policy import Policy
from domain.policy.right_party import Confirmation
from policies.reader import read_policy
from policies.texts.claims import forbidden_claims
from runtime.settings import CHINA_POLICY
from tests.support.contact.examples import (
    CALL,
    LOCATE,
    NOON,
    ORDINARY,
    POLICY,
    SMS,
    a_phone,
    ask,
    facts_for,
    facts_with,
    past_calls,
    rule_of,
    used_phone,
)
from tests.support.shipped_texts import TEXTS

NOTICE = Template.OVERDUE_NOTICE
ORIGINATION = [Confirmation.ORIGINATION]
VALUES = {
    "lender": "L", "name": "N", "days": "40", "amount": "CNY 1.00", "hotline": "400",
    "complaint_hotline": "401",
}  # fmt: skip


def _instead(decision: Decision) -> Template | None:
    assert isinstance(decision, Allowed), decision
    return decision.instead


def _with_rules(**rules: Any) -> Policy:
    """The shipped policy with other values of what is asked of a number."""
    right_party = POLICY.contact.right_party
    assert right_party is not None
    changed = {
        name: getattr(right_party, name).model_copy(update={"value": value})
        for name, value in rules.items()
    }
    contact = {"right_party": right_party.model_copy(update=changed)}
    return POLICY.model_copy(update={"contact": POLICY.contact.model_copy(update=contact)})


def test_step_of_the_ladder_begins_with_a_message_that_tells_nothing() -> None:
    """And is itself where the number is confirmed."""
    assert _instead(ask(facts_with(confirmed={}), template=NOTICE)) is Template.FIRST_MESSAGE
    assert _instead(ask(facts_with(), template=NOTICE)) is None


@pytest.mark.parametrize("purpose", ORDINARY)
@pytest.mark.parametrize(
    "template", sorted(set(Template) - LADDER["sms"] - {Template.FIRST_MESSAGE})
)
def test_whatever_else_tells_of_a_debt_or_a_visit_waits(
    purpose: Purpose, template: Template
) -> None:
    """The code of a visit, for one: nobody would be told who comes."""
    decision = ask(facts_for(purpose, confirmed={}), purpose=purpose, template=template)
    assert isinstance(decision, Refused)
    assert (decision.rule_id, decision.retry_at) == ("LC-RIGHT-PARTY", None)


def test_confirmed_number_is_told_and_another_left_alone() -> None:
    """Although the other comes first."""
    phones = [a_phone(1), a_phone(2)]
    decision = ask(facts_with(phones=phones, confirmed={"p2": ORIGINATION}), template=NOTICE)
    assert used_phone(decision) == "p2"
    assert _instead(decision) is None


def test_first_message_is_not_said_again_and_again() -> None:
    """Each number has its own; then there is a time to try again."""
    phones = [a_phone(1), a_phone(2)]
    said = [FirstMessage(at=NOON - timedelta(days=3), phone_id="p1")]
    other = facts_with(phones=phones, confirmed={}, first_messages=said)
    assert used_phone(ask(other, template=NOTICE)) == "p2"
    both = [*said, FirstMessage(at=NOON - timedelta(days=1), phone_id="p2")]
    decision = ask(other.model_copy(update={"first_messages": both}), template=NOTICE)
    assert isinstance(decision, Refused)
    assert decision.rule_id == "LC-FIRST-MESSAGE"
    assert decision.retry_at == NOON + timedelta(days=4)


def test_policy_says_what_shows_whose_number_it_is() -> None:
    """What it does not name shows nothing; under two policies both must be content."""
    facts = facts_with(confirmed={"p1": [Confirmation.EARLIER_RECORD]})
    strict = _with_rules(confirmed_by=(Confirmation.CONVERSATION,))
    assert _instead(ask(facts, template=NOTICE)) is None
    for policies in ([strict], [POLICY, strict], [strict, POLICY]):
        assert _instead(ask(facts, policies=policies, template=NOTICE)) is Template.FIRST_MESSAGE


def test_policy_that_asks_nothing_is_told_apart_from_one_that_does() -> None:
    """One of before has no such rules; a lender may say no to them."""
    before = POLICY.contact.model_copy(update={"right_party": None})
    for policy in (
        POLICY.model_copy(update={"contact": before}),
        _with_rules(confirmed_only=False),
    ):
        assert _instead(ask(facts_with(confirmed={}), policies=[policy], template=NOTICE)) is None


def test_call_may_go_to_a_number_that_nobody_has_confirmed() -> None:
    """In a call it is asked first."""
    decision = ask(facts_with(confirmed={}), CALL, template=Template.OVERDUE_CALL)
    assert rule_of(decision) == "allowed"


@pytest.mark.parametrize("language", TEXTS)
def test_call_tells_of_a_debt_only_after_a_yes(language: Language) -> None:
    """Before it: who calls, that it is recorded, and the question."""
    parts = render_call(TEXTS[language], Template.OVERDUE_CALL, VALUES)
    recorded = {"zh": "录音", "en": "recorded"}[language]
    assert recorded in parts.opening
    assert parts.opening.endswith(("？", "?"))
    for word in ("40", "逾期", "CNY", "due"):
        assert word not in parts.opening + parts.after_no
    assert "CNY 1.00" in parts.after_yes


@pytest.mark.parametrize("language", TEXTS)
def test_first_message_names_nobody(language: Language) -> None:
    """Nor a debt: whoever reads it learns that a lender has a notice for somebody."""
    text = TEXTS[language].messages[Template.FIRST_MESSAGE]
    assert "{lender}" in text
    assert "{not_me}" in text
    for word in ("{name}", "{amount}", "{days}", "借款", "逾期", "loan", "due"):
        assert word not in text


def test_calls_go_to_each_number_in_turn() -> None:
    """The one whose latest calls failed least often is first: no other is never tried."""
    phones = [a_phone(1), a_phone(2)]
    once = past_calls(1, Fate.UNANSWERED)
    assert used_phone(ask(facts_with(phones=phones, attempts=once), CALL)) == "p2"
    both = [*once, *past_calls(2, Fate.UNANSWERED, phone_id="p2")]
    assert used_phone(ask(facts_with(phones=phones, attempts=both), CALL)) == "p1"


def test_eighth_dial_of_a_number_is_refused_from_the_seventh_on() -> None:
    """CN-06 read strictly: attempts, answered or not."""
    policy = read_policy(CHINA_POLICY)
    fates = [Fate.CONNECTED] * 2 + [Fate.UNANSWERED] * 6
    refused = []
    for number in range(8):
        made = [
            past_calls(1, fate, NOON - timedelta(minutes=20 * (number - past)))[0]
            for past, fate in enumerate(fates[:number])
        ]
        refused.append(rule_of(ask(facts_with(attempts=made), CALL, policies=[policy])))
    assert refused == ["allowed"] * 6 + ["CN-06"] * 2


def test_conversation_that_the_borrower_began_counts_where_a_rule_says_so() -> None:
    """12 CFR 1006.14(b)(2)(ii)(B), whoever began it; CN-05 leaves those calls out."""
    american = read_policy(CHINA_POLICY.with_name("us-reg-f.yaml"))
    began = [Conversation(at=NOON - timedelta(days=2), loan_id="L-1")]
    facts = facts_with(conversations=began, time_zone="America/New_York")
    noon = NOON + timedelta(hours=12)
    assert rule_of(ask(facts, CALL, now=noon, policies=[american])) == "US-01-CONVERSATION"
    other = [Conversation(at=NOON - timedelta(days=2), loan_id="L-2")]
    free = facts.model_copy(update={"conversations": other})
    assert rule_of(ask(free, CALL, now=noon, policies=[american])) == "allowed"
    assert rule_of(ask(facts_with(conversations=began * 4), CALL)) == "allowed"


@pytest.mark.parametrize("changes", [{"scope": "phone"}, {"counted": "unanswered"}])
def test_counter_of_conversations_that_cannot_be_is_refused(changes: dict[str, str]) -> None:
    """They come from any number, and are answered."""
    counter = {"scope": "loan", "channel": "call", "window": {"rolling_days": 7}, "limit": 1}
    assert Counter.model_validate(counter | {"inbound": True}).inbound
    with pytest.raises(ValidationError, match="inbound"):
        Counter.model_validate(counter | {"inbound": True} | changes)


@pytest.mark.parametrize("language", TEXTS)
def test_parts_of_a_call_claim_nothing_that_is_forbidden(language: Language) -> None:
    """As the messages do not."""
    for part in render_call(TEXTS[language], Template.OVERDUE_CALL, VALUES):
        assert forbidden_claims(part, language) == []


def test_message_to_a_contact_person_takes_no_confirmation() -> None:
    """It tells nothing, and they are not the borrower."""
    friend = a_phone(2, relation="contact_person")
    dead = a_phone(1, usable=False)
    decision = ask(facts_with(phones=[dead, friend], confirmed={}), SMS, LOCATE)
    assert used_phone(decision) == "p2"
