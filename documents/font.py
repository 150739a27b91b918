"""The font that a PDF carries: Noto Sans, cut down to the characters of one document.

Each character is drawn by the first font that has it: the Chinese one, then the one of Latin with
all its marks, Cyrillic, Greek and Devanagari, then the Thai one. Some have cubic outlines and PDF
writers embed quadratic ones, so what a document needs is converted, to within a thousandth of its
size. A font is opened once, and each outline is converted once: documents are made of much the
same characters. Letters stand beside one another as they are: scripts that join them are not
joined.
"""

from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple

from fontpkg_noto_sans import ROOT as NOTO_SANS
from fontpkg_noto_sans_thai import ROOT as NOTO_SANS_THAI
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pylopdf_fonts_zh_cn import sans_path

NAME = "NotoSansSC"
_MOST_ERROR = 1.0  # of a thousand units to the font's size
_MISSING = ".notdef"
_one_at_a_time = Lock()  # an open font reads from its file when it is asked
# All drawn to a thousand units. The first one also gives the measures of a line.
_FILES = (
    sans_path(),
    NOTO_SANS / "files" / "NotoSans[wdth,wght].ttf",
    NOTO_SANS_THAI / "files" / "NotoSansThai[wdth,wght].ttf",
)


class _Source(NamedTuple):
    font: Any
    outlines: Any
    names: dict[int, str]  # of outlines, by code point


class _Drawn(NamedTuple):
    """Which font draws a character, by its place, and under which name."""

    place: int
    name: str

    @property
    def unique_name(self) -> str:
        return f"{self.place}.{self.name}" if self.place else self.name


class _Outline(NamedTuple):
    glyph: Any
    advance: int


def replace_missing(text: str) -> str:
    """A text with every character that the font does not have as its code point, `(U+2A6A5)`."""
    return "".join(
        character if character.isspace() or _drawn(ord(character)) else f"(U+{ord(character):04X})"
        for character in text
    )


def embeddable_font(text: str) -> bytes:
    """A TrueType font with the characters of a text, the same bytes for the same characters."""
    with _one_at_a_time:
        shown = {code: drawn for code in map(ord, text) if (drawn := _drawn(code)) is not None}
        glyphs = [_Drawn(0, _MISSING), *sorted(set(shown.values()))]
        return _build(_source(0).font, glyphs, shown)


@lru_cache(maxsize=len(_FILES))
def _source(place: int) -> _Source:
    font: Any = TTFont(_FILES[place])
    return _Source(font, font.getGlyphSet(), font.getBestCmap())


def _drawn(code: int) -> _Drawn | None:
    for place in range(len(_FILES)):
        if (name := _source(place).names.get(code)) is not None:
            return _Drawn(place, name)
    return None


@lru_cache(maxsize=4096)
def _outline(drawn: _Drawn) -> _Outline:
    source = _source(drawn.place)
    pen = TTGlyphPen(None)
    # Outlines of the two kinds run in opposite directions; parts that are shared are drawn out.
    is_cubic = "glyf" not in source.font
    flat = DecomposingRecordingPen(source.outlines)
    source.outlines[drawn.name].draw(flat)
    flat.replay(Cu2QuPen(pen, _MOST_ERROR, reverse_direction=is_cubic))
    return _Outline(pen.glyph(), round(source.outlines[drawn.name].width))


def _build(source: Any, glyphs: list[_Drawn], shown: dict[int, _Drawn]) -> bytes:
    measures = source["hhea"]
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.updateHead(created=source["head"].created, modified=source["head"].modified)
    builder.setupGlyphOrder([drawn.unique_name for drawn in glyphs])
    builder.setupCharacterMap({code: drawn.unique_name for code, drawn in shown.items()})
    builder.setupGlyf({drawn.unique_name: _outline(drawn).glyph for drawn in glyphs})
    builder.setupHorizontalMetrics(dict(_metrics(glyphs)))
    builder.setupHorizontalHeader(ascent=measures.ascent, descent=measures.descent)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular", "psName": NAME})
    builder.setupOS2(sTypoAscender=measures.ascent, sTypoDescender=measures.descent)
    builder.setupPost(keepGlyphNames=False)
    builder.font.recalcTimestamp = False
    file = BytesIO()
    builder.save(file)
    return file.getvalue()


def _metrics(glyphs: Iterable[_Drawn]) -> Iterable[tuple[str, tuple[int, int]]]:
    for drawn in glyphs:
        glyph, advance = _outline(drawn)
        yield drawn.unique_name, (advance, getattr(glyph, "xMin", 0))
