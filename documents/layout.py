"""How the blocks of a page stand on A4: paragraphs, tables, and what stays together."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors, textsplit
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer, Table, TableStyle
from reportlab.platypus import paragraph as paragraphs

from documents.blocks import Block
from documents.font import NAME as FONT

SIDE = 18 * mm
WIDTH = A4[0] - 2 * SIDE
INK, GREY = colors.HexColor("#1c1e21"), colors.HexColor("#5a6470")
_LINE, _STRONG, _HEAD = (colors.HexColor(c) for c in ("#d5d9de", "#6b747e", "#f2f4f6"))
_WARNING = colors.HexColor("#b3261e")
_HEADING_ROOM = 30 * mm  # a heading with less room below it moves to the next page
_SIGNATURE_HEIGHT = 34 * mm
_BOLD_STROKE = 0.022  # of the size of the text
_PADDING = 6
# How a table's width is shared out, by its class and the number of its columns.
_SHARES = {
    ("parties", 2): (17, 83),
    ("debt", 2): (60, 40),
    ("debt", 3): (34, 22, 44),
    ("schedule", 4): (12, 24, 32, 32),
    ("schedule", 5): (8, 17, 19, 37, 19),
    ("signatures", 2): (50, 50),
}
# The library lets only Japanese signs hang at the end of a line rather than begin the next one.
_NEVER_FIRST = "，；：！？％”’》"
for _module in (textsplit, paragraphs):
    vars(_module)["ALL_CANNOT_START"] += _NEVER_FIRST
_SIZES = {"h1": 17.0, "h2": 11.5}
_SIZE = 10.0


class _Bold(Paragraph):
    """A paragraph whose letters are stroked as well as filled: the font has one weight only."""

    def draw(self) -> None:
        self.canv.setStrokeColor(self.style.textColor)
        self.canv.setLineWidth(self.style.fontSize * _BOLD_STROKE)
        super().draw()

    def beginText(self, x: float, y: float) -> Any:  # noqa: N802  # the library's name
        text = self.canv.beginText(x, y)
        text.setTextRenderMode(2)
        return text


def lay_out(blocks: list[Block], language: str) -> list[Flowable]:
    """What is to be placed on the pages, in order."""
    if not blocks:
        return []
    # A paragraph that introduces the signatures stays with them.
    following = [*(after.css for _, after in pairwise(blocks)), ""]
    return [
        flowable
        for block, css in zip(blocks, following, strict=True)
        for flowable in _place(block, language, keeps_with_next=css == "signatures")
    ]


def _place(block: Block, language: str, *, keeps_with_next: bool) -> Iterator[Flowable]:
    if block.tag == "table":
        yield _table(block, language)
        yield Spacer(0, 2 * mm)
    elif block.css == "notice":
        notice = Table([[_paragraph(block.text, language)]], colWidths=[WIDTH])
        notice.setStyle([("BOX", (0, 0), (-1, -1), 1, _WARNING)])
        yield notice
        yield Spacer(0, 2 * mm)
    else:
        if block.tag == "h2":
            yield CondPageBreak(_HEADING_ROOM)
        paragraph = _paragraph(block.text, language, block.tag, bold=block.tag in _SIZES)
        paragraph.keepWithNext = keeps_with_next or block.tag == "h2"
        yield paragraph


def _paragraph(
    text: str, language: str, tag: str = "p", *, bold: bool = False, **changes: Any
) -> Paragraph:
    size = _SIZES.get(tag, _SIZE)
    values: dict[str, Any] = {
        "fontName": FONT,
        "fontSize": size,
        "leading": size * 1.5,
        "textColor": INK,
        "wordWrap": "CJK" if language.startswith("zh") else None,
        "alignment": 1 if tag == "h1" else 0,
        "spaceBefore": 9 if tag == "h2" else 0,
        "spaceAfter": {"h1": 9, "cell": 0}.get(tag, 3),
        "leftIndent": 17 if tag == "li" else 0,
        "bulletIndent": 0,
        "bulletFontName": FONT,
        "bulletFontSize": size,
    }
    style = ParagraphStyle(tag, **values | changes)
    bullet = "•" if tag == "li" else None
    kind = _Bold if bold else Paragraph
    return kind(escape(text).replace("\n", "<br/>"), style, bulletText=bullet)


def _table(block: Block, language: str) -> Table:
    shares = _SHARES[block.css, len(block.rows[0])]
    widths = [WIDTH * share / 100 for share in shares]
    rows = [list(_row(block, number, language)) for number in range(len(block.rows))]
    signatures = block.css == "signatures"
    table = Table(
        rows,
        colWidths=widths,
        rowHeights=[_room_to_sign(row, widths) for row in rows] if signatures else None,
        repeatRows=1 if block.css in ("debt", "schedule") else 0,
        splitInRow=1,  # a name may be longer than a page
    )
    table.setStyle(_style(block))
    return table


def _room_to_sign(row: list[Paragraph], widths: list[float]) -> float | None:
    """The height of the signatures' row; None, as much as it takes, where names do not fit it."""
    heights = [
        paragraph.wrap(width - 2 * _PADDING, A4[1])[1]
        for paragraph, width in zip(row, widths, strict=True)
    ]
    return _SIGNATURE_HEIGHT if max(heights) + 2 * _PADDING <= _SIGNATURE_HEIGHT else None


def _row(block: Block, number: int, language: str) -> Iterator[Paragraph]:
    for cell in block.rows[number]:
        is_name = cell.is_heading and block.css == "parties"
        yield _paragraph(
            cell.text,
            language,
            "cell",
            bold=number == block.total_row or (cell.is_heading and not is_name),
            alignment=2 if cell.is_amount else 0,
            textColor=GREY if is_name else INK,
            leading=_SIZE * (2.0 if block.css == "signatures" else 1.3),
        )


def _style(block: Block) -> TableStyle:
    everywhere = (0, 0), (-1, -1)
    style: list[Any] = [
        ("VALIGN", *everywhere, "TOP"),
        ("LEFTPADDING", *everywhere, _PADDING),
        ("RIGHTPADDING", *everywhere, _PADDING),
        ("TOPPADDING", *everywhere, 2.5),
        ("BOTTOMPADDING", *everywhere, 4),
        ("LINEBELOW", *everywhere, 0.5, _LINE),
    ]
    if block.css == "signatures":
        style.append(("GRID", *everywhere, 0.5, _STRONG))
        style.append(("TOPPADDING", *everywhere, _PADDING))
    if block.css in ("debt", "schedule"):
        style.append(("BACKGROUND", (0, 0), (-1, 0), _HEAD))
        style.append(("LINEBELOW", (0, 0), (-1, 0), 0.8, _STRONG))
    if block.total_row is not None:
        row = (0, block.total_row), (-1, block.total_row)
        style.append(("LINEABOVE", *row, 0.8, _STRONG))
        style.append(("LINEBELOW", *row, 0.8, _STRONG))
    return TableStyle(style)
