"""Every text in every combination of the facts on which its parts depend, with sample values."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from domain.messages.facts import Fact, combinations_of
from domain.messages.templates import DEPENDS_ON, Template
from domain.messages.texts import Language, Spoken, render

# What is filled in: nobody's name, number or debt.
SAMPLES: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "lender": "示例银行",
        "name": "欧阳小明",
        "days": "40",
        "amount": "3,181.99元",
        "penalty_rate": "6",
        "report_on": "2026年12月20日",
        "hotline": "400-000-0000",
        "complaint_hotline": "400-000-0001",
        "supervisor_name": "国家金融监督管理总局",
        "supervisor_hotline": "12378",
        "pay_at": "贷款App首页“立即还款”",
        "not_me": "N",
        "stop": "STOP",
        "slot": "12月4日09:30",
        "crew": "外勤甲 C-1、外勤乙 C-2",
        "visit_code": "012345",
        "sign_by": "12月7日09:30",
        "part_amount": "1,060.66元",
        "part_due": "2026年12月30日",
        "part_rest": "2,121.33元",
        "grace_until": "2027年1月4日",
        "received_amount": "3,181.99元",
        "received_on": "2026年12月28日",
    },
    "en": {
        "lender": "Example Bank",
        "name": "Alexandra Example",
        "days": "40",
        "amount": "CNY 3,181.99",
        "penalty_rate": "6",
        "report_on": "2026-12-20",
        "hotline": "400-000-0000",
        "complaint_hotline": "400-000-0001",
        "supervisor_name": "the supervisor (NFRA)",
        "supervisor_hotline": "12378",
        "pay_at": "the loan app, home page, Repay now",
        "not_me": "N",
        "stop": "STOP",
        "slot": "2026-12-04 09:30",
        "crew": "Sam Field C-1, Kim Field C-2",
        "visit_code": "012345",
        "sign_by": "2026-12-07 09:30",
        "part_amount": "CNY 1,060.66",
        "part_due": "2026-12-30",
        "part_rest": "CNY 2,121.33",
        "grace_until": "2027-01-04",
        "received_amount": "CNY 3,181.99",
        "received_on": "2026-12-28",
    },
}
# As long as a template may have them, of letters that the language is written in.
LONGEST: Mapping[Language, Mapping[str, str]] = {
    "zh": {"name": "欧" * 40, "lender": "银" * 12, "crew": "外勤" * 20},
    "en": {"name": "Ana " * 10, "lender": "Bank" * 10, "crew": "Sam " * 20},
}


class RenderedText(NamedTuple):
    """One text as it can be sent."""

    template: Template
    language: Language
    facts: frozenset[Fact]
    text: str


def every_text(spoken: Spoken, *, longest: bool = False) -> Iterator[RenderedText]:
    """Each template in each combination of its facts; with the longest names, or usual ones."""
    values = {**SAMPLES[spoken.language], **(LONGEST[spoken.language] if longest else {})}
    for template in Template:
        for facts in combinations_of(DEPENDS_ON[template]):
            text = render(spoken, template, values, facts)
            yield RenderedText(template, spoken.language, facts, text)
