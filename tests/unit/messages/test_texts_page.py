"""Every text in every combination of its facts: read for what may not be said, and counted."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from domain.messages.document import SAMPLES, RenderedText, every_text, page
from domain.messages.facts import combinations_of, facts_used
from domain.messages.segments import sms_segments
from domain.messages.templates import (
    DEPENDS_ON,
    LADDER,
    NEEDS,
    PARAMETERS,
    WITHOUT_DEBT_DETAILS,
    Template,
)
from domain.messages.texts import MOST_SEGMENTS, TEXTS, TemplateError, check_templates, render
from tests.support.texts.linter import debt_details, forbidden_claims

EVERY = list(every_text())
# As long as a template may have them, of letters that the language is written in.
LONGEST = {
    "zh": {"name": "欧" * 40, "lender": "银" * 12, "crew": "外勤" * 20},
    "en": {"name": "Ana " * 10, "lender": "Bank" * 10, "crew": "Sam " * 20},
}


def _named(text: RenderedText) -> str:
    return f"{text.language} {text.template} {sorted(text.facts)}: {text.text}"


def test_page_shows_what_can_be_sent(repository: Path) -> None:
    """Draw it anew when it fails: python -m domain.messages.document > docs/texts.md."""
    assert (repository / "docs/texts.md").read_text("utf-8") == page()


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
    text: str, language: str, claim: str
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
def test_linter_is_red_on_a_planted_detail_of_a_debt(text: str, language: str) -> None:
    """A word of it, or an amount alone."""
    assert debt_details(text, language)


@pytest.mark.parametrize("language", TEXTS)
def test_no_combination_takes_more_segments_than_we_pay_for(language: str) -> None:
    """With the longest names: the borrower's gives way."""
    values = {**SAMPLES[language], **LONGEST[language]}
    for template in Template:
        for facts in combinations_of(DEPENDS_ON[template]):
            text = render(template, language, values, facts)
            fits = template in LADDER["call"] or sms_segments(text) <= MOST_SEGMENTS
            assert fits, f"{template} {sorted(facts)}: {sms_segments(text)} segments: {text}"


def test_parts_and_parameters_are_those_declared() -> None:
    """In both languages, and every parameter is of some template."""
    for texts in TEXTS.values():
        assert {template: facts_used(text) for template, text in texts.items()} == DEPENDS_ON
    assert frozenset().union(*NEEDS.values()) == PARAMETERS.keys()


@pytest.mark.parametrize(
    ("text", "depends_on"),
    [("[penalty: x]", ()), ("x", ("penalty",)), ("[not penalty: x]", ()), ("[x]", ())],
)
def test_part_that_is_not_declared_stops_at_start(text: str, depends_on: tuple[str, ...]) -> None:
    """As a parameter does; so does a part that names no fact."""
    declared: Mapping[Template, frozenset[object]] = {Template.LOCATE_CALL: frozenset(depends_on)}
    with pytest.raises(TemplateError):
        check_templates(
            {"en": {Template.LOCATE_CALL: text}},
            {Template.LOCATE_CALL: frozenset()},
            declared,  # type: ignore[arg-type]
        )
