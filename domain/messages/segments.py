"""How many SMS a text costs: providers bill, and phones join, by the segment.

A text of the GSM 03.38 alphabet has 160 characters in one segment and 153 in each of several; any
other character makes the whole text UCS-2: 70 in one segment, 67 in each of several.
"""

from collections.abc import Iterable

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")  # each takes an escape before it
_GSM_LIMITS = (160, 153)
_UCS2_LIMITS = (70, 67)
_LAST_OF_THE_FIRST_PLANE = "\uffff"  # what follows takes two UCS-2 units


def is_gsm(text: str) -> bool:
    """Whether a text can be sent in the 7-bit alphabet."""
    return all(letter in _GSM_BASIC or letter in _GSM_EXTENDED for letter in text)


def sms_segments(text: str) -> int:
    """The number of segments of a text; an empty text takes one."""
    if is_gsm(text):
        return _segments([2 if letter in _GSM_EXTENDED else 1 for letter in text], *_GSM_LIMITS)
    units = [2 if letter > _LAST_OF_THE_FIRST_PLANE else 1 for letter in text]
    return _segments(units, *_UCS2_LIMITS)


def _segments(units: Iterable[int], alone: int, joined: int) -> int:
    """Fill segment after segment; a character of two units is never cut in half."""
    sizes = list(units)
    if sum(sizes) <= alone:
        return 1
    segments, used = 1, 0
    for size in sizes:
        if used + size > joined:
            segments, used = segments + 1, 0
        used += size
    return segments
