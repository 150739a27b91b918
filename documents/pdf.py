"""A page of ours as PDF: the words of its HTML laid out on A4, with the font they need."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFString
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from documents.blocks import Block, Cell, read_blocks
from documents.font import embeddable_font, replace_missing

FONT = "NotoSansSC"
_SIDE, _TOP = 18 * mm, 18 * mm
_WIDTH = A4[0] - 2 * _SIDE
_LINE, _STRONG, _WARNING = "#d5d9de", "#6b747e", "#b3261e"
# How a table's width is shared out, by its class and the number of its columns.
_SHARES = {
    ("parties", 2): (17, 83),
    ("debt", 2): (60, 40),
    ("debt", 3): (34, 22, 44),
    ("schedule", 4): (12, 24, 32, 32),
    ("schedule", 5): (8, 17, 19, 37, 19),
    ("signatures", 2): (50, 50),
}
_one_at_a_time = Lock()  # the library knows one font of a name, for the whole process


class PdfInfo(NamedTuple):
    """What a PDF says about itself."""

    title: str
    author: str
    language: str
    created_at: datetime


def render_pdf(html: str, info: PdfInfo) -> bytes:
    """The PDF of a page; the same page and the same moment give the same bytes."""
    blocks = [_with_known_characters(block) for block in read_blocks(html)]
    font = embeddable_font("".join(_texts(blocks)) + "0123456789/ ")
    file = BytesIO()
    page = SimpleDocTemplate(
        file, pagesize=A4, leftMargin=_SIDE, rightMargin=_SIDE, topMargin=_TOP, bottomMargin=_TOP,
        title=info.title, author=info.author, invariant=True,
    )  # fmt: skip
    with _one_at_a_time, _registered(font):
        story = [flowable for block in blocks for flowable in _lay_out(block, info.language)]

        def begin_page(canvas: Canvas, _: object) -> None:
            _sign_page(canvas, info)

        page.build(story, onFirstPage=begin_page, onLaterPages=begin_page)
    return file.getvalue()


@contextmanager
def _registered(font: bytes) -> Iterator[None]:
    """Make a font known under our name, and forget it: the library would keep the first one."""
    loaded = TTFont(FONT, BytesIO(font))
    pdfmetrics.registerFont(loaded)
    try:
        yield
    finally:
        vars(pdfmetrics)["_fonts"].pop(FONT, None)
        vars(pdfmetrics)["_dynFaceNames"].pop(loaded.face.name, None)


def _with_known_characters(block: Block) -> Block:
    rows = [
        [Cell(replace_missing(cell.text), cell.is_amount, cell.is_heading) for cell in row]
        for row in block.rows
    ]
    return Block(block.tag, block.css, replace_missing(block.text), rows)


def _texts(blocks: list[Block]) -> list[str]:
    cells = [cell.text for block in blocks for row in block.rows for cell in row]
    return [*(block.text for block in blocks), *cells, "·"]


def _sign_page(canvas: Canvas, info: PdfInfo) -> None:
    """Language, moment and page number; the agreement's id is on every page."""
    created = f"D:{info.created_at.astimezone(UTC):%Y%m%d%H%M%S}Z"
    canvas.setDateFormatter(lambda *_: created)
    canvas.setCatalogEntry("Lang", PDFString(info.language))
    canvas.setFont(FONT, 8)
    canvas.setFillColor(colors.HexColor(_STRONG))
    canvas.drawString(_SIDE, 10 * mm, replace_missing(info.title))
    canvas.drawRightString(A4[0] - _SIDE, 10 * mm, str(canvas.getPageNumber()))


def _lay_out(block: Block, language: str) -> list[Flowable]:
    if block.tag == "table":
        return [_table(block, language), Spacer(0, 2 * mm)]
    if block.css == "notice":
        notice = Table([[_paragraph(block.text, language)]], colWidths=[_WIDTH])
        notice.setStyle([("BOX", (0, 0), (-1, -1), 1, colors.HexColor(_WARNING))])
        return [KeepTogether([notice]), Spacer(0, 2 * mm)]
    return [_paragraph(block.text, language, block.tag)]


def _paragraph(text: str, language: str, tag: str = "p", *, right: bool = False) -> Paragraph:
    size = {"h1": 17.0, "h2": 11.5}.get(tag, 9.5)
    style = ParagraphStyle(
        tag,
        fontName=FONT,
        fontSize=size,
        leading=size * 1.5,
        wordWrap="CJK" if language.startswith("zh") else None,
        alignment=1 if tag == "h1" else 2 if right else 0,
        spaceBefore={"h2": 8}.get(tag, 0),
        spaceAfter={"h1": 10, "cell": 0}.get(tag, 3),
        keepWithNext=tag == "h2",
        leftIndent=12 if tag == "li" else 0,
        bulletFontName=FONT,
        bulletFontSize=size,
    )
    return Paragraph(
        escape(text).replace("\n", "<br/>"), style, bulletText="·" if tag == "li" else None
    )


def _table(block: Block, language: str) -> Table:
    shares = _SHARES[block.css, len(block.rows[0])]
    table = Table(
        [
            [_paragraph(cell.text, language, "cell", right=cell.is_amount) for cell in row]
            for row in block.rows
        ],
        colWidths=[_WIDTH * share / 100 for share in shares],
        rowHeights=[30 * mm] if block.css == "signatures" else None,
        repeatRows=1 if block.css in ("debt", "schedule") else 0,
    )
    table.setStyle(_style(block))
    return table


def _style(block: Block) -> TableStyle:
    everywhere = (0, 0), (-1, -1)
    style: list[Any] = [
        ("VALIGN", *everywhere, "TOP"),
        ("TOPPADDING", *everywhere, 2.5),
        ("BOTTOMPADDING", *everywhere, 3.5),
        ("LINEBELOW", *everywhere, 0.5, colors.HexColor(_LINE)),
    ]
    if block.css == "signatures":
        style.append(("GRID", *everywhere, 0.5, colors.HexColor(_STRONG)))
    if block.css in ("debt", "schedule"):
        style.append(("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#f2f4f6")))
        style.append(("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.HexColor(_STRONG)))
    if block.css == "debt":
        style.append(("LINEABOVE", (0, -1), (-1, -1), 0.8, colors.HexColor(_STRONG)))
    return TableStyle(style)
