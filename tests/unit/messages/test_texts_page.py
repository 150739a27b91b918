"""Every text in every combination of its facts: read for what may not be said, and counted."""

from pathlib import Path

import pytest

from domain.messages.facts import facts_used
from domain.messages.samples import RenderedText, every_text
from domain.messages.segments import sms_segments
from domain.messages.templates import (
    DEPENDS_ON,
    LADDER,
    NEEDS,
    PARAMETERS,
    WITHOUT_DEBT_DETAILS,
)
from domain.messages.texts import MOST_SEGMENTS, Language
from policies.texts.claims import debt_details, forbidden_claims
from policies.texts.page import page
from tests.support.shipped_texts import TEXTS

EVERY = [text for spoken in TEXTS.values() for text in every_text(spoken)]


def _named(text: RenderedText) -> str:
    return f"{text.language} {text.template} {sorted(text.facts)}: {text.text}"


def test_page_shows_what_can_be_sent(repository: Path) -> None:
    """Draw it anew when it fails: python -m policies.texts.page > docs/texts.md."""
    assert (repository / "docs/texts.md").read_text("utf-8") == page(TEXTS)


def test_no_combination_of_facts_makes_a_claim_that_is_forbidden() -> None:
    """Threats, invented authority, fees; and no gap where a part was left out."""
    assert [_named(each) for each in EVERY if forbidden_claims(each.text, each.language)] == []
    gaps = ("{", "}", "[", "]", "  ", "。。", "，。", "..", " .", ",.")
    assert [_named(each) for each in EVERY if any(gap in each.text for gap in gaps)] == []


def test_contact_person_reads_no_detail_of_a_debt() -> None:
    """Nor that there is one."""
    for each in EVERY:
        details = debt_details(each.text, each.language)
        assert each.template not in WITHOUT_DEBT_DETAILS or not details, _named(each)


@pytest.mark.parametrize(
    ("text", "language", "claim"),
    [
        ("再不还款我们将起诉您。", "zh", "起诉"),
        ("公安机关已立案。", "zh", "公安"),
        ("If you do not pay, we sue.", "en", "sue"),
        ("This is an official notice of the court.", "en", "court"),
    ],
)
def test_linter_is_red_on_a_planted_threat_and_a_false_authority(
    text: str, language: Language, claim: str
) -> None:
    """Else its silence would say nothing."""
    assert claim in forbidden_claims(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("您好，请转告张三尽快还款。", "zh"),
        ("您好，张三有3,181.99元待处理。", "zh"),
        ("Hello, the loan of Alex is a matter for us.", "en"),
        ("Hello, CNY 3,181.99 is open.", "en"),
    ],
)
def test_linter_is_red_on_a_planted_detail_of_a_debt(text: str, language: Language) -> None:
    """A word of it, or an amount alone."""
    assert debt_details(text, language)


@pytest.mark.parametrize("language", TEXTS)
def test_no_combination_takes_more_segments_than_we_pay_for(language: Language) -> None:
    """With the longest names: the borrower's gives way."""
    for text in every_text(TEXTS[language], longest=True):
        fits = text.template in LADDER["call"] or sms_segments(text.text) <= MOST_SEGMENTS
        assert fits, f"{sms_segments(text.text)} segments: {_named(text)}"


def test_parts_and_parameters_are_those_declared() -> None:
    """In both languages, and every parameter is of some template."""
    for spoken in TEXTS.values():
        used = {template: facts_used(text) for template, text in spoken.messages.items()}
        assert used == DEPENDS_ON
    assert frozenset().union(*NEEDS.values()) == PARAMETERS.keys()
