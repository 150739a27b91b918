"""The files of an agreement: the same bytes each time, safe to open, and pages that can be read."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from documents.agreement import render_agreement
from documents.blocks import read_blocks
from domain.plan.plan import Plan
from domain.plan.progress import Part
from tests.support.money.agreements import (
    LANGUAGES,
    OFFERED_AT,
    PLAN,
    both_forms,
    pdf_text,
    squeezed,
    terms,
)

# Its bytes


def test_same_terms_give_the_same_bytes() -> None:
    """Whatever was drawn up in between; at another moment it is another document."""
    first = render_agreement(terms())
    render_agreement(terms("en", borrower_name="Ζωή Ж 龘"))
    again = render_agreement(terms())
    assert (again.html, again.pdf) == (first.html, first.pdf)
    later = render_agreement(terms(offered_at=OFFERED_AT + timedelta(minutes=1)))
    assert later.sha256 != first.sha256
    assert later.html_sha256 != first.html_sha256


@LANGUAGES
def test_file_carries_its_font(language: str) -> None:
    """Every font it uses, so that it looks the same everywhere; and says what it is."""
    reader = PdfReader(BytesIO(render_agreement(terms(language)).pdf))
    fonts = [font for page in reader.pages for font in _fonts_with_text(page)]
    assert fonts
    for font in fonts:
        assert "NotoSansSC" in font["/BaseFont"]
        assert "/FontFile2" in font["/FontDescriptor"].get_object()
    assert reader.metadata is not None
    assert reader.metadata.title == "L-1:2026-07-10:plan-1:agreement"
    assert reader.metadata.creation_date == OFFERED_AT
    assert str(reader.root_object["/Lang"]) == {"zh": "zh-CN", "en": "en"}[language]


def _fonts_with_text(page: PageObject) -> list[Any]:
    fonts: list[Any] = []

    def visit(text: str, _place: Any, _line: Any, font: Any, _size: float) -> None:
        if text.strip():
            fonts.append(font)

    page.extract_text(visitor_text=visit)
    return fonts


# Names that are no names


def test_name_with_markup_is_only_a_name() -> None:
    """Escaped in the HTML, plain letters in the PDF; no script in either."""
    name = "<script>alert(1)</script> & <b>{{ 7 * 7 }}</b>"
    document = render_agreement(terms(borrower_name=name))
    assert b"<script" not in document.html
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in document.html
    for words in both_forms(document):
        assert squeezed(name) in squeezed(words)
    assert not re.search(rb"/(JavaScript|JS|OpenAction|AA|Launch|URI)\b", document.pdf)


def test_character_that_the_font_lacks_is_shown_by_its_number() -> None:
    """Nobody signs beside an empty box."""
    document = render_agreement(
        terms(borrower_name="借款人 \U0002a6a5", agreement_id="G-\U0001f600")
    )
    html, pdf = both_forms(document)
    assert "\U0002a6a5" in html
    assert "借款人(U+2A6A5)" in squeezed(pdf)
    assert "G-(U+1F600)1/2" in squeezed(pdf)


# Its pages


@pytest.mark.parametrize(
    "name",
    [
        "Łucja Żółkiewska",
        "Jiří Dvořák",
        "Nguyễn Thị Ánh",
        "Иван Петров",
        "Ελένη",
        "สมชาย ใจดี",
        "王芳",
    ],
)
def test_party_is_named_in_their_own_letters(name: str) -> None:
    """Whichever font has them."""
    pdf = PdfReader(BytesIO(render_agreement(terms("en", borrower_name=name)).pdf))
    assert squeezed(name) in squeezed("".join(page.extract_text() for page in pdf.pages))


@pytest.mark.parametrize("length", [200, 1_500])
@pytest.mark.parametrize("letter", ["Ω", "王"])
@LANGUAGES
def test_name_that_does_not_fit_its_box_is_laid_out(
    language: str, letter: str, length: int
) -> None:
    """In full, in the head and where it signs, on as many pages as it takes."""
    name = letter * length
    document = render_agreement(terms(language, borrower_name=name, lender_signatory=name))
    assert pdf_text(document.pdf).count(letter) == 3 * length


def test_no_chinese_line_begins_with_a_sign() -> None:
    """Commas and the like hang at the end of the line before, whatever the text's length."""
    for blanks in range(20):
        document = render_agreement(terms(pay_at="款" * blanks, lender="银" * 30))
        lines = pdf_text(document.pdf).splitlines()
        assert [line for line in lines if re.match("[，。；：、！？”）]", line)] == []


@pytest.mark.parametrize("parts", [1, 4, 17, 18, 19, 20, 60])
@LANGUAGES
def test_no_page_ends_with_a_heading_and_the_signatures_stay_together(
    language: str, parts: int
) -> None:
    """However long the schedule is; each page says which of how many it is."""
    plan = Plan(
        as_of=PLAN.as_of,
        arrears_minor=parts * 100,
        waiver_minor=0,
        parts=[
            Part(number=n + 1, due_on=PLAN.as_of + timedelta(days=n), amount_minor=100)
            for n in range(parts)
        ],
    )
    document = render_agreement(terms(language, plan=plan, components=[]))
    pages = [page.extract_text() for page in PdfReader(BytesIO(document.pdf)).pages]
    headings = [block.text for block in read_blocks(document.html.decode()) if block.tag == "h2"]
    for number, page in enumerate(pages, start=1):
        lines = [line for line in page.splitlines() if line.strip()]
        assert f"{number} / {len(pages)}" in page
        said = [line for line in lines if "plan-1:agreement" not in line and " / " not in line]
        assert said[-1] not in headings
    signing, signature = {"zh": ("六、签署", "签字"), "en": ("6. Signing", "Signature")}[language]
    assert signing in pages[-1]
    assert pages[-1].count(signature) == 2
