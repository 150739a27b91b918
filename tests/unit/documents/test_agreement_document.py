"""The agreement as HTML and PDF: complete, the same bytes each time, and safe to open."""

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from pypdf import PageObject, PdfReader

from documents.agreement import render_agreement
from documents.blocks import UnknownElementError, read_blocks
from documents.capital_numerals import capital_yuan
from domain.plan.agreement import Document
from domain.plan.plan import Plan, Predecessor
from domain.plan.progress import Part
from tests.support.agreements import OFFERED_AT, PLAN, terms

FORBIDDEN = yaml.safe_load(
    (Path(__file__).parents[2] / "support/forbidden_claims.yaml").read_text("utf-8")
)
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
# Everything with an amount or a date of `terms`, as it is shown.
SHOWN = (
    "CNY 12,845.60", "CNY 1,123.60", "CNY 11,722.00", "CNY 182.37", "CNY 300.00", "CNY 12,727.97",
    "2026-11-30", "CNY 3,182.00", "2026-12-30", "CNY 3,181.99", "2027-01-30", "CNY 3,181.98",
    "2027-02-28", "CNY 9,545.97", "CNY 6,363.98", "2026-11-24", "2026-11-24 15:30",
    "2026-11-27 15:30", "2030-02-28", "0.00", "L-1:2026-07-10:plan-1:agreement", "400-000-0000",
    "12378",
)  # fmt: skip


def _words(document: Document) -> tuple[str, str]:
    """The text of the HTML and of the PDF, each with single blanks."""
    blocks = read_blocks(document.html.decode())
    cells = [cell.text for block in blocks for row in block.rows for cell in row]
    html = " ".join([*(block.text for block in blocks), *cells])
    return _one_line(html), _one_line(_pdf_text(document.pdf))


def _pdf_text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _squeezed(text: str) -> str:
    """Without blanks: a PDF breaks its lines where it likes."""
    return re.sub(r"\s+", "", text)


# What it says


@LANGUAGES
def test_both_forms_say_every_amount_and_date(language: str) -> None:
    """Arrears, components, penalty, waiver, total, each part and the rest, each day."""
    for words in _words(render_agreement(terms(language))):
        assert [shown for shown in SHOWN if _squeezed(shown) not in _squeezed(words)] == []


@LANGUAGES
def test_pdf_says_what_the_html_says(language: str) -> None:
    """Character by character, but for where it stands; the foot of each page is its own."""
    html, pdf = (sorted(_squeezed(words)) for words in _words(render_agreement(terms(language))))
    foot = "".join(f"L-1:2026-07-10:plan-1:agreement{page}/2" for page in (1, 2))
    bullets = "•" * 5
    assert pdf == sorted([*html, *foot, *bullets])


def test_chinese_amounts_stand_in_capitals_too() -> None:
    """Of the debt and of each part; nothing of the kind in English or in another currency."""
    amounts = [PLAN.total_minor, PLAN.arrears_minor, *(part.amount_minor for part in PLAN.parts)]
    for words in _words(render_agreement(terms())):
        assert [amount for amount in amounts if capital_yuan(amount) not in words] == []
    for other in (terms("en"), terms(currency="USD")):
        for words in _words(render_agreement(other)):
            assert not set("壹贰叁肆伍陆柒捌玖") & set(words)


@LANGUAGES
def test_penalty_is_told_apart_from_what_the_agreement_costs(language: str) -> None:
    """It comes from the loan contract; without one nothing is said of it."""
    source = {
        "zh": "上表所列罚息按原借款合同在本协议之前产生",
        "en": "accrued under the loan contract",
    }
    name = {"zh": "罚息", "en": "penalty"}[language]
    with_penalty, _ = _words(render_agreement(terms(language)))
    assert source[language] in with_penalty
    plain = PLAN.model_copy(update={"penalty_minor": 0, "waiver_minor": 30_000 - 18_237})
    without, _ = _words(render_agreement(terms(language, plan=plain)))
    assert name not in without.lower()


@LANGUAGES
def test_waiver_is_said_to_lapse_with_a_broken_plan(language: str) -> None:
    """And is not spoken of where nothing is waived."""
    lapses = {"zh": "减免不再适用", "en": "the waiver no longer applies"}[language]
    assert lapses in _words(render_agreement(terms(language)))[0]
    plain = PLAN.model_copy(update={"arrears_minor": PLAN.total_minor, "waiver_minor": 0})
    plain = plain.model_copy(update={"penalty_minor": 0})
    assert lapses not in _words(render_agreement(terms(language, plan=plain, components=[])))[0]


@pytest.mark.parametrize(
    ("language", "notice"),
    [("zh", "诉讼时效已于 2026-06-30 届满"), ("en", "limitation period of this debt ended on")],
)
def test_time_barred_debt_is_named_as_such(language: str, notice: str) -> None:
    """LA-06: who signs gives up a defence, and reads so; nobody else is told that."""
    barred = render_agreement(terms(language, time_barred_since=date(2026, 6, 30)))
    for words in _words(barred):
        assert _squeezed(notice) in _squeezed(words)
    assert b'class="notice"' in barred.html
    for words in _words(render_agreement(terms(language))):
        assert _squeezed(notice) not in _squeezed(words)


@LANGUAGES
def test_limitation_is_dated_only_where_a_rule_is_known(language: str) -> None:
    """Another country's agreement says no number of years."""
    unknown = terms(language, limitation_years=None, limitation_until=None)
    assert "2030" not in _words(render_agreement(unknown))[0]


@LANGUAGES
def test_replaced_agreement_is_named(language: str) -> None:
    """Which one no longer counts."""
    before = Predecessor(
        agreement_id="G-OLD",
        as_of=date(2026, 8, 1),
        first_due_on=date(2026, 8, 5),
        owed_minor=1_500_000,
        granted_minor=0,
        kept_waiver_minor=0,
        carried_minor=0,
    )
    replacing = PLAN.model_copy(update={"before": before})
    for words in _words(render_agreement(terms(language, plan=replacing))):
        assert "G-OLD" in words


@LANGUAGES
def test_nothing_forbidden_is_said(language: str) -> None:
    """The list that binds the messages; limitation is called by its legal name."""
    words = _words(render_agreement(terms(language, time_barred_since=date(2026, 6, 30))))[0]
    words = words.replace("诉讼时效", "").lower()
    between = ""
    if language == "en":
        words, between = f" {re.sub('[^a-z]+', ' ', words)} ", " "
    assert [word for word in FORBIDDEN[language] if f"{between}{word}{between}" in words] == []


def test_terms_that_cost_more_than_is_owed_are_refused() -> None:
    """The document says that it costs nothing beyond the arrears."""
    with pytest.raises(ValidationError, match="plan: its parts sum to 1272797, owed is 1272796"):
        terms(plan=PLAN.model_copy(update={"waiver_minor": 30_001}))


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
    for words in _words(document):
        assert _squeezed(name) in _squeezed(words)
    assert not re.search(rb"/(JavaScript|JS|OpenAction|AA|Launch|URI)\b", document.pdf)


def test_character_that_the_font_lacks_is_shown_by_its_number() -> None:
    """Nobody signs beside an empty box."""
    document = render_agreement(
        terms(borrower_name="借款人 \U0002a6a5", agreement_id="G-\U0001f600")
    )
    html, pdf = _words(document)
    assert "\U0002a6a5" in html
    assert "借款人(U+2A6A5)" in _squeezed(pdf)
    assert "G-(U+1F600)1/2" in _squeezed(pdf)


# Its pages


def test_no_chinese_line_begins_with_a_sign() -> None:
    """Commas and the like hang at the end of the line before, whatever the text's length."""
    for blanks in range(20):
        document = render_agreement(terms(pay_at="款" * blanks, lender="银" * 30))
        lines = _pdf_text(document.pdf).splitlines()
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


def test_signing_time_is_that_of_the_borrowers_clock() -> None:
    """Of the place where the borrower lives."""
    for words in _words(render_agreement(terms(time_zone="Asia/Kolkata"))):
        assert "2026-11-27 13:00" in words
        assert "15:30" not in words


# Nothing is lost between the two forms


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<body><div>words</div></body>", "<div>: not known to the PDF"),
        ("<body>words<p>more</p></body>", "'words': outside of every element of text"),
        ("<p>some <strong>words</strong></p>", "<strong>: not known to the PDF"),
        ("<p>some<p>words", "<p>: within the <p> before it"),
        ("<ul>words</ul>", "'words': outside of every element of text"),
        ("<h3>words</h3>", "<h3>: not known to the PDF"),
        ("<img src='x'>", "<img>: not known to the PDF"),
        ("<table><tr>words</tr></table>", "'words': outside of every element of text"),
    ],
)
def test_page_that_the_pdf_would_not_say_in_full_is_refused(page: str, told: str) -> None:
    """What is signed never says less than what is read."""
    with pytest.raises(UnknownElementError, match=re.escape(told)):
        read_blocks(page)
