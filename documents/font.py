"""The font that a PDF carries: Noto Sans SC, cut down to the characters of one document.

The font has cubic outlines and PDF writers embed quadratic ones, so what is left of it is
converted as well, to within a thousandth of its size.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from pylopdf_fonts_zh_cn import sans_path

_TRUETYPE = "\x00\x01\x00\x00"
_MOST_ERROR = 1.0  # of a thousand units to the font's size


def replace_missing(text: str) -> str:
    """A text with every character that the font does not have as its code point, `(U+2A6A5)`."""
    return "".join(
        character if character.isspace() or ord(character) in _characters() else _name(character)
        for character in text
    )


def embeddable_font(text: str) -> bytes:
    """A TrueType font with the characters of a text, the same bytes for the same characters."""
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.desubroutinize = True
    subsetter = Subsetter(options)
    subsetter.populate(text=text)
    with TTFont(sans_path(), recalcTimestamp=False) as font:
        subsetter.subset(font)
        _convert_outlines(font)
        file = BytesIO()
        font.save(file)
    return file.getvalue()


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    with TTFont(sans_path()) as font:
        return frozenset(font.getBestCmap() or ())


def _name(character: str) -> str:
    return f"(U+{ord(character):04X})"


def _convert_outlines(font: TTFont) -> None:
    """Replace a font's cubic outlines by quadratic ones."""
    outlines: Any = font.getGlyphSet()
    glyphs: Any = newTable("glyf")
    glyphs.glyphOrder = font.getGlyphOrder()
    glyphs.glyphs = {name: _quadratic(outlines, name) for name in glyphs.glyphOrder}
    for tag in ("CFF ", "VORG"):
        if tag in font:
            del font[tag]
    font["loca"], font["glyf"] = newTable("loca"), glyphs
    glyphs.compile(font)
    metrics: Any = font["hmtx"]
    for name, glyph in glyphs.glyphs.items():
        metrics[name] = (metrics[name][0], getattr(glyph, "xMin", 0))
    _describe_outlines(font)


def _quadratic(outlines: Any, name: str) -> Any:
    pen = TTGlyphPen(outlines)
    outlines[name].draw(Cu2QuPen(pen, _MOST_ERROR, reverse_direction=True))
    return pen.glyph()


def _describe_outlines(font: TTFont) -> None:
    """What a reader of TrueType outlines looks for: limits, and no names of glyphs."""
    limits: Any = font["maxp"]
    limits.tableVersion = 0x00010000
    limits.maxZones = 1
    for name in (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
        "maxStackElements", "maxSizeOfInstructions", "maxComponentElements",
    ):  # fmt: skip
        setattr(limits, name, 0)
    limits.compile(font)
    names: Any = font["post"]
    names.formatType = 3.0
    font.sfntVersion = _TRUETYPE
