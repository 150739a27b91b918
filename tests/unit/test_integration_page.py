"""What `docs/integration.md` says of notices, `status` and tapes is what the code does."""

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from domain.case.complaints import OpenComplaint
from domain.case.notices import Audience, NoticeKind
from domain.case.state import Refusal, Stage
from domain.policy.policy import Policy
from domain.tape.row import BORROWER_COLUMNS, COLUMNS, CONTRACT_COLUMNS, TapeRow
from tests.support.situations import HOLD, NOON, PROMISE, situation
from workflows.desk.status import NextAction, status

_WORD = re.compile(r"`([a-z0-9_]+)`")
_FIELD = re.compile(r"`([a-z0-9_]+(?:\.[a-z0-9_]+)?)`")
# Bodies that are not made of the arguments of one call of `notify_staff`.
COMPLAINT = {"complaint_id", "answer_due_at", "visit_called_off", "visit_starts_at"}
ELSEWHERE = {
    "agreement_offered": ({"e_sign"}, {"agreement_id", "document_sha256", "expires_at"}),
    "owed_beside_plan": ({"collectors"}, {"agreement_id", "payment_id", "amount_minor"}),
    "overpaid": ({"collectors"}, {"amount_minor"}),
    "overpaid_taken_back": ({"collectors"}, {"payment_id", "amount_minor", "rest_minor"}),
    "complaint_to_answer": ({"complaint_desk"}, COMPLAINT | {"visit_loan_id"}),
    "complaint_due_soon": ({"complaint_desk"}, COMPLAINT),
    "complaint_overdue": ({"complaint_desk", "senior_approvers"}, COMPLAINT),
    "complainant_to_tell": ({"complaint_desk"}, {"complaint_id", "answer_due_at"}),
    "crew_came": ({"complaint_desk"}, {"complaint_id", "visit_id", "visit_starts_at"}),
}
SAME_AS_THE_ROW_ABOVE = {"complaint_due_soon", "complaint_overdue"}


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    """The page's text."""
    return (repository / "docs" / "integration.md").read_text("utf-8")


def _rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its own head."""
    section = page.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def _notices_in_code(repository: Path) -> dict[str, tuple[set[str], set[str]]]:
    """Audiences and body fields of each kind, by the calls of `notify_staff`."""
    found: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for file in (repository / "workflows").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != "notify_staff":
                continue
            _, _, audience, kind = map(ast.unparse, node.args)
            if kind.startswith("NoticeKind."):
                audiences, fields = found[NoticeKind[kind.split(".")[1]]]
                fields |= {keyword.arg for keyword in node.keywords if keyword.arg}
                if audience.startswith("Audience."):
                    audiences.add(Audience[audience.split(".")[1]])
    found["visit_approval_wanted"][0].update({"approvers", "senior_approvers"})  # one after another
    return dict(found) | ELSEWHERE


def test_every_notice_is_on_the_page_as_it_is_written(page: str, repository: Path) -> None:
    """Each kind once, with its audiences and the fields of its body."""
    rows = {_WORD.findall(kind)[0]: (said, body) for kind, said, body, _ in _notices(page)}
    assert rows.keys() == set(NoticeKind)
    written = _notices_in_code(repository)
    assert written.keys() == set(NoticeKind)
    for kind, (said, body) in rows.items():
        audiences, fields = written[kind]
        assert set(_WORD.findall(said)) == audiences, kind
        if kind not in SAME_AS_THE_ROW_ABOVE:
            assert set(_WORD.findall(body)) == fields, kind


def _notices(page: str) -> list[list[str]]:
    return _rows(page.replace("| | ", "| - | "), "Every notice")


def _paths(answer: dict[str, Any]) -> set[str]:
    """The fields of an answer, and below `{}` theirs, one level down."""
    paths = set(answer)
    for name, value in answer.items():
        if isinstance(value, dict):
            paths |= {f"{name}.{each}" for each in value}
    return paths


def test_every_field_of_status_is_on_the_page(page: str, policy: Policy) -> None:
    """Of a case in which nothing is missing, and none that there is not."""
    held = situation(policy, Stage.GUIDED_REPAYMENT, statement_as_of=NOON.date(), holds=[HOLD])
    complaint = OpenComplaint(complaint_id="C", filed_at=NOON, answer_due_at=NOON)
    facts = held.facts.model_copy(update={"complaints": [complaint], "promises": [PROMISE]})
    case = held.case
    case.refusals = [Refusal(what="w", at=NOON, rule_id="LC-1", reason="r")]
    answer = status(case, NextAction(), held._replace(facts=facts))
    rows = _rows(page, "What `status` answers")
    said = {path for field, meaning in rows for path in _FIELD.findall(field)}
    said |= {path for _, meaning in rows for path in _FIELD.findall(meaning) if "." in path}
    assert {path for path in said if not path.startswith("next_plan.")} == _paths(answer)
    lists = {field.strip("`"): set(_WORD.findall(meaning)) for field, meaning in rows}
    for name in ("holds", "complaints", "promises", "last_refusals"):
        assert set(answer[name][0]) <= lists[name], name


def test_every_column_of_a_tape_is_on_the_page(page: str) -> None:
    """With whether it may be empty."""
    rows = _rows(page, "The loan tape")
    columns = {name: empty for names, _, empty in rows for name in _WORD.findall(names)}
    assert columns.keys() == {*COLUMNS, *BORROWER_COLUMNS, *CONTRACT_COLUMNS}
    needed = {name for name, field in TapeRow.model_fields.items() if field.is_required()}
    assert {name for name, empty in columns.items() if empty == "not allowed"} == needed
