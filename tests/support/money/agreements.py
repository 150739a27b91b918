"""Terms of an agreement with everything that one can have, and what its two forms say."""

import re
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from documents.blocks import read_blocks
from domain.plan.agreement import AgreementTerms, Component, Document
from domain.plan.plan import Plan
from domain.plan.progress import Part

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
OFFERED_AT = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)  # 15:30 in Shanghai
EXPIRES_AT = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)
AMOUNTS = {
    date(2026, 11, 30): 318_200,
    date(2026, 12, 30): 318_199,
    date(2027, 1, 30): 318_198,
    date(2027, 2, 28): 318_200,
}
PLAN = Plan(
    as_of=date(2026, 11, 24),
    arrears_minor=1_284_560,
    waiver_minor=30_000,
    penalty_minor=18_237,
    parts=[
        Part(number=number, due_on=due_on, amount_minor=amount)
        for number, (due_on, amount) in enumerate(AMOUNTS.items(), start=1)
    ],
)


def terms(language: str = "zh", **changes: Any) -> AgreementTerms:
    """A debt with interest, a penalty, a waiver and four parts; changed as said."""
    values: dict[str, Any] = {
        "agreement_id": "L-1:2026-07-10:plan-1:agreement",
        "loan_id": "L-1",
        "lender": "示例银行" if language == "zh" else "Example Bank",
        "lender_signatory": "外勤甲 C-1" if language == "zh" else "Sam Field C-1",
        "borrower_name": "借款人 00001" if language == "zh" else "Borrower 00001",
        "language": language,
        "currency": "CNY",
        "time_zone": "Asia/Shanghai",
        "plan": PLAN,
        "components": [
            Component(name="interest", amount_minor=112_360),
            Component(name="principal", amount_minor=1_172_200),
        ],
        "offered_at": OFFERED_AT,
        "expires_at": EXPIRES_AT,
        "limitation_years": 3,
        "limitation_until": date(2030, 2, 28),
        "grace_days": 5,
        "next_instalment_on": date(2027, 3, 10),
        "hotline": "400-000-0000",
        "complaint_hotline": "12378",
        "pay_at": "官方应用“立即还款”" if language == "zh" else "the lender's app, Repay now",
    }
    return AgreementTerms(**values | changes)


def both_forms(document: Document) -> tuple[str, str]:
    """The text of the HTML and of the PDF, each with single blanks."""
    blocks = read_blocks(document.html.decode())
    cells = [cell.text for block in blocks for row in block.rows for cell in row]
    html = " ".join([*(block.text for block in blocks), *cells])
    return _one_line(html), _one_line(pdf_text(document.pdf))


def pdf_text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def squeezed(text: str) -> str:
    """Without blanks: a PDF breaks its lines where it likes."""
    return re.sub(r"\s+", "", text)
