"""Each text has a version: a hash of its words, kept with what was said by it."""

import hashlib

from domain.messages.calls import has_parts
from domain.messages.templates import LADDER, Template
from domain.messages.texts import Spoken

_DIGITS = 12  # of the hash: enough to tell the few versions of one template apart


def template_version(spoken: Spoken, template: Template) -> str:
    """Twelve hexadecimal digits, the same as long as no word of the text is changed.

    All of its parts count, also those whose fact is not so; of a call that asks who answers,
    what is said before and instead.
    """
    words = [spoken.messages[template]]
    if template in LADDER["call"] and has_parts(template):
        words += spoken.call_opening, spoken.call_after_no
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:_DIGITS]
