"""Each template has a version: a hash of its words, kept with what was said by it."""

import hashlib

from domain.messages.calls import has_parts, words_around
from domain.messages.templates import LADDER, Template
from domain.messages.texts import TEXTS

_DIGITS = 12  # of the hash: enough to tell the few versions of one template apart


def template_version(template: Template, language: str) -> str:
    """Twelve hexadecimal digits, the same as long as no word of the template is changed.

    All of its parts count, also those whose fact is not so; of a call that asks who answers,
    what is said before and instead.
    """
    words = [TEXTS[language][template]]
    if template in LADDER["call"] and has_parts(template):
        words += words_around(language)
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:_DIGITS]
