"""Which characters a text from outside may have: all letters that there are, also those that this
interpreter does not know yet, and nothing that hides or turns what is read.
"""

import unicodedata

# Between letters they change how a name is written: Persian, Indic scripts, Mongolian.
_JOINERS = frozenset("\u200c\u200d\u180e")
_REFUSED = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_LOST = "\ufffd"  # stands for a character that somebody could not read
# Not letters, though some count as such: they show nothing.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def refused_character(text: str, *, joiners: bool = True) -> str | None:
    """The first character that may not be in a text, as `U+0007`; None when there is none."""
    for letter in text:
        if letter in _JOINERS and joiners:
            continue
        if _is_refused(letter):
            return f"U+{ord(letter):04X}"
    return None


def is_readable(text: str) -> bool:
    """Whether a text has only characters that it may have."""
    return refused_character(text) is None


def _is_refused(letter: str) -> bool:
    if letter == _LOST or letter in _INVISIBLE or unicodedata.category(letter) in _REFUSED:
        return True
    code = ord(letter)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # never a character
