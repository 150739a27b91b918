"""The font that a PDF carries: Noto Sans SC, cut down to the characters of one document.

The font has cubic outlines and PDF writers embed quadratic ones, so what a document needs is
converted, to within a thousandth of its size. The font is opened once, and each outline is
converted once: documents are made of much the same characters.
"""

from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pylopdf_fonts_zh_cn import sans_path

NAME = "NotoSansSC"
_MOST_ERROR = 1.0  # of a thousand units to the font's size
_MISSING = ".notdef"
_one_at_a_time = Lock()  # an open font reads from its file when it is asked


class _Source(NamedTuple):
    font: Any
    outlines: Any
    names: dict[int, str]  # of outlines, by code point


class _Outline(NamedTuple):
    glyph: Any
    advance: int


def replace_missing(text: str) -> str:
    """A text with every character that the font does not have as its code point, `(U+2A6A5)`."""
    known = _source().names
    return "".join(
        character if character.isspace() or ord(character) in known else f"(U+{ord(character):04X})"
        for character in text
    )


def embeddable_font(text: str) -> bytes:
    """A TrueType font with the characters of a text, the same bytes for the same characters."""
    with _one_at_a_time:
        source = _source()
        shown = {code: source.names[code] for code in map(ord, text) if code in source.names}
        names = [_MISSING, *sorted(set(shown.values()))]
        return _build(source.font, names, shown)


@lru_cache(maxsize=1)
def _source() -> _Source:
    font: Any = TTFont(sans_path())
    return _Source(font, font.getGlyphSet(), font.getBestCmap())


@lru_cache(maxsize=4096)
def _outline(name: str) -> _Outline:
    outlines = _source().outlines
    pen = TTGlyphPen(outlines)
    outlines[name].draw(Cu2QuPen(pen, _MOST_ERROR, reverse_direction=True))
    return _Outline(pen.glyph(), round(outlines[name].width))


def _build(source: Any, names: list[str], shown: dict[int, str]) -> bytes:
    measures = source["hhea"]
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.updateHead(created=source["head"].created, modified=source["head"].modified)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(shown)
    builder.setupGlyf({name: _outline(name).glyph for name in names})
    builder.setupHorizontalMetrics(dict(_metrics(names)))
    builder.setupHorizontalHeader(ascent=measures.ascent, descent=measures.descent)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular", "psName": NAME})
    builder.setupOS2(sTypoAscender=measures.ascent, sTypoDescender=measures.descent)
    builder.setupPost(keepGlyphNames=False)
    builder.font.recalcTimestamp = False
    file = BytesIO()
    builder.save(file)
    return file.getvalue()


def _metrics(names: Iterable[str]) -> Iterable[tuple[str, tuple[int, int]]]:
    for name in names:
        glyph, advance = _outline(name)
        yield name, (advance, getattr(glyph, "xMin", 0))
