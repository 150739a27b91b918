"""A page of ours as PDF: the words of its HTML laid out on A4, with the font they need."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from threading import Lock
from typing import NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFString
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate

from documents.blocks import Block, read_blocks
from documents.font import NAME as FONT
from documents.font import embeddable_font, replace_missing
from documents.layout import GREY, SIDE, lay_out

_TOP, _BOTTOM, _FOOT = 15 * mm, 16 * mm, 9 * mm
_FRAME_PADDING = 6  # points that the library keeps free within its margins
_OF_EVERY_PAGE = "0123456789/ •"
_one_at_a_time = Lock()  # the library knows one font of a name, for the whole process


class PdfInfo(NamedTuple):
    """What a PDF says about itself."""

    title: str
    author: str
    language: str
    created_at: datetime


def render_pdf(html: str, info: PdfInfo) -> bytes:
    """The PDF of a page; the same page and the same moment give the same bytes.

    Raises:
        UnknownElementError: for a page that says something that the PDF would leave out.
    """
    blocks = [_with_known_characters(block) for block in read_blocks(html)]
    info = info._replace(title=replace_missing(info.title))
    font = embeddable_font("".join([*_texts(blocks), info.title, _OF_EVERY_PAGE]))
    with _one_at_a_time, _registered(font):
        _, pages = _build(blocks, info, pages=0)
        content, _ = _build(blocks, info, pages)
    return content


def _build(blocks: list[Block], info: PdfInfo, pages: int) -> tuple[bytes, int]:
    """The file, and how many pages it has; each page says how many there are."""
    file = BytesIO()
    page = SimpleDocTemplate(
        file, pagesize=A4, title=info.title, author=info.author, invariant=True,
        leftMargin=SIDE - _FRAME_PADDING, rightMargin=SIDE - _FRAME_PADDING,
        topMargin=_TOP - _FRAME_PADDING, bottomMargin=_BOTTOM - _FRAME_PADDING,
    )  # fmt: skip

    def begin_page(canvas: Canvas, _: object) -> None:
        _sign_page(canvas, info, pages)

    page.build(lay_out(blocks, info.language), onFirstPage=begin_page, onLaterPages=begin_page)
    return file.getvalue(), page.page


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
    rows = [[replace(cell, text=replace_missing(cell.text)) for cell in row] for row in block.rows]
    return replace(block, text=replace_missing(block.text), rows=rows)


def _texts(blocks: list[Block]) -> list[str]:
    cells = [cell.text for block in blocks for row in block.rows for cell in row]
    return [*(block.text for block in blocks), *cells]


def _sign_page(canvas: Canvas, info: PdfInfo, pages: int) -> None:
    """Language and moment of the file; on every page the agreement's id and the page's number."""
    created = f"D:{info.created_at.astimezone(UTC):%Y%m%d%H%M%S}Z"
    canvas.setDateFormatter(lambda *_: created)
    canvas.setCatalogEntry("Lang", PDFString(info.language))
    canvas.setFont(FONT, 8)
    canvas.setFillColor(GREY)
    canvas.drawString(SIDE, _FOOT, info.title)
    canvas.drawRightString(A4[0] - SIDE, _FOOT, f"{canvas.getPageNumber()} / {pages}")
