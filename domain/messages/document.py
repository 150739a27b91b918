"""Every text in every combination of the facts on which its parts depend, as a page to be read.

python -m domain.messages.document > docs/texts.md    (make docs)
"""

import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from domain.messages.facts import Fact, combinations_of
from domain.messages.segments import sms_segments
from domain.messages.templates import DEPENDS_ON, LADDER, WITHOUT_DEBT_DETAILS, Template
from domain.messages.texts import TEXTS, render

# What the page fills in: nobody's name, number or debt.
SAMPLES: Mapping[str, Mapping[str, str]] = {
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
_MEANING = {
    Fact.PENALTY: "the contract has a penalty rate, and the policy allows it",
    Fact.SUPERVISOR: "the policy names the supervisor's complaint line",
    Fact.NOT_ME: "the policy has a word by which a stranger says so",
    Fact.STOP: "the policy has a word that stops messages",
    Fact.COLLECTOR: "the policy asks a debt collector to say what they are",
    Fact.PART_OVERDUE: "the day on which the next part was due is over",
    Fact.IN_GRACE: "and the part may still be paid until a day that is named",
    Fact.WAIVER_LOST: "the agreement that was broken last had waived something",
}
_PAGE = """\
# Texts

Every message and call script, in both languages and in every combination of the facts on which
its parts depend: what stands here is all that can be sent, but for names, numbers, amounts and
days. *SMS* is how many segments the text costs with these values; with the longest name it is
four at most. A credit report warning is sent only where the lender reports, and only before that
day. Drawn by `make docs` from `domain/messages/`; a test holds that it is up to date, and others
read each of these texts for threats, invented authority and, where it may be read by others, for
details of a debt.

| fact | is so where |
|---|---|
{meaning}

{templates}"""


class RenderedText(NamedTuple):
    """One text as it can be sent."""

    template: Template
    language: str
    facts: frozenset[Fact]
    text: str


def every_text() -> Iterator[RenderedText]:
    """Each template in each language and each combination of its facts, with sample values."""
    for template in Template:
        for language in TEXTS:
            for facts in combinations_of(DEPENDS_ON[template]):
                text = render(template, language, SAMPLES[language], facts)
                yield RenderedText(template, language, facts, text)


def page() -> str:
    """The whole page, as Markdown."""
    texts = list(every_text())
    return _PAGE.format(
        meaning="\n".join(f"| `{fact}` | {meaning} |" for fact, meaning in _MEANING.items()),
        templates="\n".join(
            _section(template, [text for text in texts if text.template is template])
            for template in Template
        ),
    )


def _section(template: Template, texts: list[RenderedText]) -> str:
    channel = "call" if template in LADDER["call"] else "SMS"
    reader = "a contact person" if template in WITHOUT_DEBT_DETAILS else "the borrower"
    lines = [f"## {template}", "", f"By {channel}, to {reader}.", "", "| | facts | text | SMS |"]
    rows = [f"| {text.language} | {_facts(text)} | {text.text} | {_cost(text)} |" for text in texts]
    return "\n".join([*lines, "|---|---|---|---|", *rows, ""])


def _facts(text: RenderedText) -> str:
    return ", ".join(f"`{fact}`" for fact in Fact if fact in text.facts) or "–"


def _cost(text: RenderedText) -> str:
    return "call" if text.template in LADDER["call"] else str(sms_segments(text.text))


if __name__ == "__main__":
    sys.stdout.write(page())
