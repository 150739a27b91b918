"""Words that stand in SQL text are words that there are: a misspelt one would match no row."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from domain.case.events.without_case import NO_CASE
from domain.case.facts import Outcome, PromiseStatus
from domain.case.notices import Audience, NoticeKind
from domain.case.state import Stage
from domain.contact.facts import Relation
from domain.contact.status import AttemptStatus, PhoneStatus
from domain.debt.status import LoanStatus
from domain.events import EVENTS, CallFinished, VisitReported
from domain.messages.templates import Template
from domain.plan.authority import Level
from domain.plan.status import AgreementStatus
from domain.policy.contact import Channel, Purpose, Scope
from domain.visit.status import VisitStatus
from domain.visit.visitors import VisitorAnswer

WORDS: dict[str, Iterable[str]] = {
    "answer": VisitorAnswer,
    "audience": Audience,
    "channel": Channel,
    "kind": [
        *NoticeKind, "opening", "payment", "waiver", "penalty",
        "case_events", "contact_attempts", "contact_refusals", "visits", "agreements",  # evidence
        "contact", "agreement", "person",  # what is erased
    ],
    "level": Level,
    "name": EVENTS,
    "outcome": [
        *Outcome,
        *get_args(CallFinished.model_fields["outcome"].annotation),
        *get_args(VisitReported.model_fields["outcome"].annotation),
    ],
    "purpose": Purpose,
    "relation": Relation,
    "scope": Scope,
    "stage": [*Stage, NO_CASE],
    "status": [
        *VisitStatus, *AgreementStatus, *PromiseStatus, *AttemptStatus, *PhoneStatus, *LoanStatus,
        "wrong",  # an address
    ],
    "template": Template,
}  # fmt: skip
# `column = 'word'`, `column <> 'word'`, `column IN ('word', 'word')`
_COMPARED = re.compile(r"\b(\w+)\s*(?:=|<>|(?:NOT )?IN)\s*\(?((?:'[a-z_]+'[,\s]*)+)")


@pytest.fixture(scope="module")
def compared(repository: Path) -> dict[str, set[str]]:
    """The words that SQL text compares each column with, or sets it to."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file in (repository / "database").rglob("*.sql"):
        for column, words in _COMPARED.findall(re.sub("--.*", "", file.read_text("utf-8"))):
            found[column].update(re.findall("'([a-z_]+)'", words))
    return found


@pytest.mark.parametrize("column", WORDS)
def test_every_word_in_sql_exists(compared: dict[str, set[str]], column: str) -> None:
    """In statements, functions, views and migrations."""
    assert compared[column]
    assert compared[column] <= set(WORDS[column])
