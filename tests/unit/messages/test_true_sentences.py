"""A text says only what is so of this loan, under this policy, on this day."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.contact.facts import ContactFacts
from domain.contact.recipient import LoanDetails, Recipient
from domain.contact.said import may_be_said
from domain.messages.segments import is_gsm
from domain.messages.templates import PARAMETERS, Template
from domain.messages.texts import render, spoken_in
from domain.plan.progress import Part, PlanProgress
from domain.policy.channels import Channels
from domain.policy.policy import Policy
from policies.reader import read_policy
from tests.support.shipped_texts import TEXTS

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)  # in Shanghai
TODAY = NOON.date()
NOTICE = Template.OVERDUE_NOTICE


def _recipient(**changes: Any) -> Recipient:
    values: dict[str, Any] = {
        "at": NOON,
        "borrower_id": "B-1",
        "revision": 0,
        "loan_id": "L-1",
        "lender": "acme",
        "currency": "CNY",
        "full_name": "Alex Example",
        "language": "en",
        "policy_version": "cn",
        "policy_sha256": "0" * 64,
        "overdue_since": TODAY - timedelta(days=20),
        "visit": None,
        "plan": None,
        "is_tried": False,
        "facts": ContactFacts(time_zone="Asia/Shanghai", case_open=True, arrears_minor=400_000),
    }
    return Recipient(**values | changes)


def _says(template: Template, policy: Policy, at: datetime = NOON, **changes: Any) -> str:
    recipient = _recipient(**changes)
    said = may_be_said(recipient, policy.channels, [policy], at)
    for name, value in said.values.items():
        assert re.fullmatch(PARAMETERS[name], value), (name, value)
    spoken = spoken_in(recipient.language, template, [TEXTS])
    return render(spoken, template, said.values, said.facts)


def _loan(annual: str, penalty: str | None) -> LoanDetails:
    return LoanDetails(
        annual_rate_percent=Decimal(annual),
        penalty_rate_percent=None if penalty is None else Decimal(penalty),
    )


def _without(policy: Policy, section: str, name: str) -> Policy:
    content = policy.model_dump(mode="json")
    content[section].pop(name)
    return Policy.model_validate(content)


@pytest.mark.parametrize(
    ("loan", "rate"),
    [
        (_loan("12", "6.0000"), "6 %"),
        (_loan("12", "18"), "12 %"),  # contract and penalty together stay within 24 %
        (_loan("12", None), None),
        (_loan("24", "6"), None),
        (_loan("12", "0"), None),
    ],
)
def test_penalty_is_spoken_of_where_there_is_a_rate(
    loan: LoanDetails, rate: str | None, policy: Policy
) -> None:
    """With the rate that is asked, after the cap; a rate of nothing is none."""
    english = _says(NOTICE, policy, loan=loan)
    chinese = _says(NOTICE, policy, loan=loan, language="zh")
    assert ("penalty" in english, "罚息" in chinese) == (rate is not None, rate is not None)
    assert rate is None or f"{rate} a year" in english
    assert "penalty" not in _says(NOTICE, _without(policy, "plan", "rate_cap"), loan=loan)


def test_report_to_a_credit_bureau_is_announced_with_its_day(policy: Policy) -> None:
    """Thirty days overdue, by this policy; nothing else speaks of it."""
    assert "From 2026-05-14 on" in _says(Template.CREDIT_REPORT_WARNING, policy)
    chinese = _says(Template.CREDIT_REPORT_WARNING, policy, language="zh")
    assert "2026年5月14日起依法" in chinese
    assert "credit" not in _says(NOTICE, policy)


def test_no_report_is_announced_where_the_lender_makes_none(policy: Policy) -> None:
    """Nor one whose day has come: it would be no warning."""
    silent = _without(policy, "contact", "credit_report_days")
    for each, at in ((silent, NOON), (policy, NOON + timedelta(days=10))):
        with pytest.raises(KeyError, match="report_on"):
            _says(Template.CREDIT_REPORT_WARNING, each, at)


@pytest.mark.parametrize(
    ("due_in_days", "said", "unsaid"),
    [
        (2, "is due by 2026-05-06", "not yet received"),
        (0, "is due by 2026-05-04", "not yet received"),
        (-1, "not yet received it. Please pay by 2026-05-08", "is due by"),
        (-5, "Please pay by 2026-05-04", "is due by"),
        (-6, "not yet received", "Please pay by"),  # its grace began anew: no day is known here
    ],
)
def test_part_is_missed_only_after_its_day(
    due_in_days: int, said: str, unsaid: str, policy: Policy
) -> None:
    """Before it, help is offered for what is to come."""
    part = Part(number=1, due_on=TODAY + timedelta(days=due_in_days), amount_minor=100)
    text = _says(Template.PAYMENT_HELP, policy, plan=PlanProgress(parts=[part], paid_minor=0))
    assert said in text
    assert unsaid not in text


def test_lost_waiver_is_told_where_one_was_lost(policy: Policy) -> None:
    """And not invented."""
    lost = LoanDetails(waiver_lost=True)
    for language, words in (("en", "what it waived is owed again"), ("zh", "减免不再适用")):
        assert words in _says(Template.PLAN_BROKEN, policy, loan=lost, language=language)
        assert words not in _says(Template.PLAN_BROKEN, policy, language=language)


def test_english_message_tells_how_to_pay_in_english(policy: Policy) -> None:
    """And stays in the alphabet that costs half."""
    text = _says(NOTICE, policy)
    assert is_gsm(text), text
    assert "To pay: the loan app" in text


def test_lines_are_those_of_the_lender_and_the_language() -> None:
    """What neither says otherwise is as said for all."""
    channels = Channels.model_validate({
        "hotline": "1", "complaint_hotline": "2", "pay_at": "app",
        "by_language": {"en": {"pay_at": "the app"}},
        "by_lender": {"acme": {"hotline": "3", "by_language": {"en": {"hotline": "4"}}}},
    })  # fmt: skip
    said = [
        tuple(channels.of(lender, language).values())
        for lender in ("acme", "other")
        for language in ("zh", "en")
    ]
    assert said[:2] == [("3", "2", "app"), ("4", "2", "the app")]
    assert said[2:] == [("1", "2", "app"), ("1", "2", "the app")]


def test_collector_says_so_and_how_to_stop_where_the_law_asks_it(repository: Path) -> None:
    """Each message under Regulation F; none under the Chinese policy."""
    us = read_policy(repository / "policies/us-reg-f.yaml")
    for template in (NOTICE, Template.PLAN_BROKEN, Template.LEGAL_NOTICE):
        text = _says(template, us)
        assert "We are a debt collector" in text
        assert "Reply STOP" in text


def test_words_that_a_policy_asks_for_are_said_of_older_cases_too(policy: Policy) -> None:
    """What the lender does today follows from the current policy; what a loan costs does not."""
    older = _without(policy, "contact", "reply_not_me")
    recipient = _recipient(loan=_loan("12", "6"))
    said = may_be_said(recipient, policy.channels, [older, policy], NOON)
    assert said.values["not_me"] == "N"
    capless = _without(policy, "plan", "rate_cap")
    said = may_be_said(recipient, policy.channels, [capless, policy], NOON)
    assert "penalty_rate" not in said.values
    assert date(2026, 5, 14).isoformat() == said.values["report_on"]
