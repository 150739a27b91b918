"""Values as a template's declaration allows them: a name from outside may be of any length.

Lengths are in UTF-16 units, as providers count what is not in their 7-bit alphabet.
"""

import re
import unicodedata
from collections.abc import Iterator

from domain.messages.templates import PARAMETERS

_LONGEST = {
    name: int(found.group(1)) + 1
    for name, pattern in PARAMETERS.items()
    if (found := re.fullmatch(r"\\S\.\{0,(\d+)\}", pattern))
}
# Letters that are no other letter with a mark.
_PLAIN = str.maketrans({
    "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Œ": "OE", "œ": "oe",
    "’": "'", "‘": "'", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D",
})  # fmt: skip
_WITHOUT_NAME = {"zh": "客户", "en": "customer"}


def fit(parameter: str, value: str) -> str:
    """A value cut to what its parameter declares, never within a character."""
    longest = _LONGEST.get(parameter)
    return value if longest is None else cut(value, longest)


def cut(text: str, units: int) -> str:
    """The beginning of a text that has so many units."""
    taken = 0
    for place, letter in enumerate(text):
        taken += 2 if letter > "\uffff" else 1
        if taken > units:
            return text[:place].rstrip()
    return text


def shorter_names(name: str, language: str) -> Iterator[str]:
    """A name in ways that take less and less room; the last one is nobody's."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.translate(_PLAIN))
        if not unicodedata.combining(letter)
    )
    yield plain
    yield cut(plain, 20)
    yield _WITHOUT_NAME[language]
