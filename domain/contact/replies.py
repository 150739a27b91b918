"""What a reply to a message says. One word says it; whatever else there is, a person reads."""

import re
import unicodedata
from enum import StrEnum


class Reading(StrEnum):
    """What a reply was read as."""

    WRONG_PERSON = "wrong_person"
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    FOR_PEOPLE = "for_people"


# As our own messages ask, and as providers and people know them.
_WORDS = {
    Reading.WRONG_PERSON: {"n", "no", "不是", "非本人", "不是本人", "not me", "wrong number"},
    Reading.REFUSED: {
        *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "optout"),
        *("opt out", "revoke", "t", "td", "退订", "退", "回t退订", "拒收", "取消"),
    },
    Reading.CONFIRMED: {"y", "yes", "是", "是的", "是我", "本人", "是本人"},
}
_MEANING = {word: reading for reading, words in _WORDS.items() for word in words}
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def words_of(reading: Reading) -> frozenset[str]:
    """The words that are read so."""
    return frozenset(_WORDS[reading])


def read_reply(text: str) -> Reading:
    """What a reply says, whatever its case, its width and what is written around its word."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = " ".join(_AROUND.sub("", plain).split())
    return _MEANING.get(words, Reading.FOR_PEOPLE)
