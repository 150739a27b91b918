"""What borrowers read: complete in both languages, and free of what may not be said."""

from datetime import UTC, date, datetime

import pytest

from domain.contact.facts import ContactFacts
from domain.contact.intent import Intent
from domain.contact.recipient import ReceivedDetails, Recipient, VisitDetails, message_values
from domain.contact.said import may_be_said
from domain.contact.wording import Words, word
from domain.debt.money import format_money
from domain.messages.calls import render_call
from domain.messages.segments import sms_segments
from domain.messages.templates import CALL_OPENING, NEEDS, Template
from domain.messages.texts import MOST_SEGMENTS, Language, render
from domain.plan.progress import Part, PlanProgress
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from policies.texts.claims import forbidden_claims
from tests.support.shipped_texts import TEXTS

NOW = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)
RECIPIENT = Recipient(
    at=NOW,
    borrower_id="B-1",
    revision=0,
    loan_id="L-1",
    lender="示例银行",
    currency="CNY",
    full_name="借款人",
    language="zh",
    policy_version="cn-2027-03",
    policy_sha256="0" * 64,
    overdue_since=date(2026, 4, 20),
    visit=VisitDetails(visit_code="012345", starts_at=NOW, crew=["外勤甲 C-1", "外勤乙 C-2"]),
    plan=PlanProgress(
        parts=[
            Part(number=number, due_on=date(2026, 4 + number, 9), amount_minor=123_456)
            for number in (1, 2, 3)
        ],
        paid_minor=0,
    ),
    received=ReceivedDetails(amount_minor=370_368, last_on=date(2026, 5, 9)),
    is_tried=False,
    facts=ContactFacts(time_zone="Asia/Shanghai", case_open=True, arrears_minor=400_000),
)


def _in(language: Language) -> Recipient:
    return RECIPIENT.model_copy(update={"language": language})


def _text(template: Template, language: Language, recipient: Recipient, policy: Policy) -> str:
    said = may_be_said(recipient, policy.channels, [policy], NOW, answer_by=NOW)
    return render(TEXTS[language], template, said.values, said.facts)


EVERY = [(language, template) for language in TEXTS for template in Template]


@pytest.mark.parametrize(("language", "template"), EVERY)
def test_template_says_what_it_should_and_no_more(
    language: Language, template: Template, policy: Policy
) -> None:
    """Rendered with the real values: no gap, no claim that is forbidden, whom to ask."""
    text = _text(template, language, _in(language), policy)
    assert "{" not in text
    assert "}" not in text
    assert forbidden_claims(text, language) == []
    if template is Template.OVERDUE_CALL:  # who calls is said before
        said = may_be_said(_in(language), policy.channels, [policy], NOW, answer_by=NOW)
        text = render_call(TEXTS[language], template, said.values, said.facts).opening + text
    assert RECIPIENT.lender in text
    assert policy.channels.hotline in text


@pytest.mark.parametrize("language", TEXTS)
def test_values_of_a_call_are_those_of_its_opening_too(language: Language, policy: Policy) -> None:
    """A provider of registered templates can fill in whatever a call may say."""
    intent = Intent(
        case_id="C-1",
        channel=Channel.CALL,
        purpose=Purpose.COLLECTION,
        template=Template.OVERDUE_CALL,
        key="C-1:step",
    )
    words = word(intent, Template.OVERDUE_CALL, _in(language), [policy], policy.channels)
    assert isinstance(words, Words)
    assert words.values.keys() == CALL_OPENING | NEEDS[Template.OVERDUE_CALL]


@pytest.mark.parametrize("language", TEXTS)
def test_visit_is_announced_in_full(language: Language, policy: Policy) -> None:
    """Local time, names, badges, code, and where to complain."""
    hour = {"zh": "5月4日09:30", "en": "2026-05-04 09:30"}[language]
    for template in (Template.VISIT_APPOINTMENT, Template.VISIT_REMINDER):
        text = _text(template, language, _in(language), policy)
        for part in (hour, "外勤甲 C-1", "外勤乙 C-2", "012345", "400-000-0001"):
            assert part in text, template
        assert "12378" not in text  # the supervisor can check no visitor


def test_days_and_amounts_are_those_of_the_borrowers_day(policy: Policy) -> None:
    """Counted in local time; nothing overdue is no day at all."""
    values = message_values(RECIPIENT, policy.channels, NOW)
    assert (values["days"], values["amount"]) == ("14", "4,000.00元")
    evening = datetime(2026, 5, 4, 16, tzinfo=UTC)  # the fifth in Shanghai
    assert message_values(RECIPIENT, policy.channels, evening)["days"] == "15"
    paid = RECIPIENT.model_copy(update={"overdue_since": None})
    assert message_values(paid, policy.channels, NOW)["days"] == "0"


def test_missing_value_is_our_own_mistake() -> None:
    """It is raised, not sent."""
    with pytest.raises(KeyError):
        render(TEXTS["zh"], Template.OVERDUE_NOTICE, {})


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123_456, "CNY", "CNY 1,234.56"),
        (5, "USD", "USD 0.05"),
        (1234, "JPY", "JPY 1,234"),
        (1234, "KWD", "KWD 1.234"),
    ],
)
def test_money_is_written_for_people(minor: int, currency: str, text: str) -> None:
    """With the digits of its currency."""
    assert format_money(minor, currency) == text


TYPICAL: dict[Language, Recipient] = {
    "zh": RECIPIENT.model_copy(update={"full_name": "欧阳小明"}),
    "en": RECIPIENT.model_copy(
        update={
            "language": "en",
            "lender": "Example Bank",
            "full_name": "Alexandra Example",
            "visit": VisitDetails(
                visit_code="012345", starts_at=NOW, crew=["Sam Field C-1", "Kim Field C-2"]
            ),
        }
    ),
}


@pytest.mark.parametrize(
    "name",
    ["Ana " * 50, "👍" * 90, "Żółć Łęcka", "欧阳娜娜", "อมรรัตน์ ศรีสุข", "\ue000" * 200, "O’Neil"],
)
def test_no_name_makes_a_message_longer_than_we_pay_for(name: str, policy: Policy) -> None:
    """It is cut, said in plain letters, or left out of the longest texts."""
    for language, template in EVERY:
        recipient = TYPICAL[language].model_copy(update={"full_name": name})
        text = _text(template, language, recipient, policy)
        assert template.endswith("_call") or sms_segments(text) <= MOST_SEGMENTS, text


def test_name_that_fits_stays_as_it_is(policy: Policy) -> None:
    """Nobody is called by another name without need."""
    recipient = TYPICAL["en"].model_copy(update={"full_name": "José Peña"})
    assert "José Peña" in _text(Template.LOCATE_MESSAGE, "en", recipient, policy)
