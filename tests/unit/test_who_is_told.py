"""The page says of each thing that happens who hears of it, and leaves nobody and nothing out."""

import re
from pathlib import Path

import pytest

from domain.case.events.table import EVENT_TABLE
from domain.case.notices import NoticeKind
from domain.messages.templates import LADDER, Template
from domain.policy.policy import Policy

COLUMNS = ("what happens", "borrower", "crew", "approvers", "handlers")
# Which column reads the notices of an audience.
READS = {
    "approvers": "approvers",
    "senior_approvers": "approvers",
    "crew": "crew",
    "collectors": "handlers",
    "complaint_desk": "handlers",
    "legal": "handlers",
    "e_sign": "handlers",
}
_CODE = re.compile(r"`([a-z_]+)`")
_NOTICE = re.compile(r"^\| `(\w+)` \| ([^|]+) \|", re.MULTILINE)
_RULE = re.compile(r"`([a-z]+)\.([a-z_]+)`")
_SENT_BY = re.compile(r"\b(SMS|call) `([a-z_]+)`")


@pytest.fixture(scope="module")
def rows(repository: Path) -> list[dict[str, str]]:
    """Every row of every table, by its columns."""
    page = (repository / "docs" / "who-is-told.md").read_text("utf-8")
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("| ")
    ]
    assert all(len(each) == len(COLUMNS) for each in cells)
    return [dict(zip(COLUMNS, each, strict=True)) for each in cells if each[0] != COLUMNS[0]]


def _named(rows: list[dict[str, str]], column: str) -> set[str]:
    return {name for row in rows for name in _CODE.findall(row[column])}


def test_every_event_is_something_that_happens(rows: list[dict[str, str]]) -> None:
    """Each event of the table, and no other word that looks like one."""
    assert EVENT_TABLE.keys() - _named(rows, "what happens") == set()


def test_every_cell_names_a_message_or_a_notice_or_says_why_there_is_none(
    rows: list[dict[str, str]],
) -> None:
    """A reason follows a dash, and is a reason: some words."""
    told = {*Template, *NoticeKind}
    for row in rows:
        for column in COLUMNS[1:]:
            says_why = re.match(r"– \w+ \w+", row[column]) is not None
            names = set(_CODE.findall(row[column])) & told
            refers = "next message" in row[column] or row[column].startswith("the crew acts")
            assert says_why or names or refers, (row["what happens"], column)


def test_every_message_is_the_borrowers_by_its_channel(rows: list[dict[str, str]]) -> None:
    """A call is one of the ladder's; whatever else there is goes by SMS."""
    sent = {(by, name) for row in rows for by, name in _SENT_BY.findall(row["borrower"])}
    expected = {("call" if each in LADDER["call"] else "SMS", each.value) for each in Template}
    assert sent == expected


def test_every_notice_is_in_the_columns_of_its_readers(
    rows: list[dict[str, str]], repository: Path
) -> None:
    """As the page of notices has them, which a test holds against the code."""
    page = (repository / "docs" / "integration.md").read_text("utf-8")
    audiences = {kind: _CODE.findall(said) for kind, said in _NOTICE.findall(page)}
    assert set(NoticeKind) <= audiences.keys()
    for kind in NoticeKind:
        for column in {READS[audience] for audience in audiences[kind]}:
            assert kind in _named(rows, column), (kind, column)


def test_every_number_that_is_named_is_one_of_the_policy(
    rows: list[dict[str, str]], policy: Policy
) -> None:
    """A section and a rule, as the file writes them."""
    named = {rule for row in rows for cell in row.values() for rule in _RULE.findall(cell)}
    named = {rule for rule in named if rule != ("ops", "py")}
    assert [rule for rule in named if not hasattr(getattr(policy, rule[0]), rule[1])] == []
