"""Every text in every combination of the facts on which its parts depend, as a page to be read.

python -m policies.texts.page > docs/texts.md    (make docs)
"""

import sys
from pathlib import Path

from domain.messages.facts import Fact
from domain.messages.samples import RenderedText, every_text
from domain.messages.segments import sms_segments
from domain.messages.templates import LADDER, Template
from domain.messages.texts import Texts
from policies.reader import read_policy

SHIPPED = Path(__file__).parents[1] / "cn.yaml"
_READERS = {
    Template.LOCATE_CALL: "a contact person",
    Template.FIRST_MESSAGE: "a number that is not confirmed to be the borrower's",
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
day. Drawn by `make docs` from the files of `policies/texts/`, which a lender may replace
([how](changing-a-policy.md#texts)); a test holds that it is up to date, and others
read each of these texts for threats, invented authority and, where it may be read by others, for
details of a debt.

| fact | is so where |
|---|---|
{meaning}

{templates}"""


def page(texts: Texts) -> str:
    """The whole page, as Markdown."""
    every = [text for spoken in texts.values() for text in every_text(spoken)]
    return _PAGE.format(
        meaning="\n".join(f"| `{fact}` | {meaning} |" for fact, meaning in _MEANING.items()),
        templates="\n".join(
            _section(template, [text for text in every if text.template is template])
            for template in Template
        ),
    )


def _section(template: Template, texts: list[RenderedText]) -> str:
    channel = "call" if template in LADDER["call"] else "SMS"
    reader = _READERS.get(template, "the borrower")
    lines = [f"## {template}", "", f"By {channel}, to {reader}.", "", "| | facts | text | SMS |"]
    rows = [f"| {text.language} | {_facts(text)} | {text.text} | {_cost(text)} |" for text in texts]
    return "\n".join([*lines, "|---|---|---|---|", *rows, ""])


def _facts(text: RenderedText) -> str:
    return ", ".join(f"`{fact}`" for fact in Fact if fact in text.facts) or "–"


def _cost(text: RenderedText) -> str:
    return "call" if text.template in LADDER["call"] else str(sms_segments(text.text))


if __name__ == "__main__":
    sys.stdout.write(page(read_policy(SHIPPED).texts or {}))
