"""What is said in a call, part by part: nothing of a debt before it is known who answers.

The opening says who calls and that the call is recorded, and asks who answers. What follows goes
by the answer: after a *yes* the message, after a *no* an apology.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from domain.messages.facts import Fact
from domain.messages.fitting import fit
from domain.messages.templates import WITHOUT_DEBT_DETAILS, Template
from domain.messages.texts import render


class CallParts(NamedTuple):
    """The utterances of one call; the second and the third exclude each other."""

    opening: str
    after_yes: str
    after_no: str


_OPENING = {
    "zh": "您好，这里是{lender}，本次通话将录音。请问您是{name}本人吗？",
    "en": "Hello, this is {lender}. This call is recorded. Am I speaking to {name}?",
}
_AFTER_NO = {
    "zh": "打扰了，我们会核对号码，不再拨打。再见。",
    "en": ("Sorry to have troubled you. We will check the number, and not call it again. Goodbye."),
}


def has_parts(template: Template) -> bool:
    """Whether a call asks who answers: one that tells nothing has no need to."""
    return template not in WITHOUT_DEBT_DETAILS


def words_around(language: str) -> tuple[str, str]:
    """What a call that asks who answers says before its message, and instead of it."""
    return _OPENING[language], _AFTER_NO[language]


def render_call(
    template: Template, language: str, values: Mapping[str, str], facts: Collection[Fact] = ()
) -> CallParts:
    """The parts of a call whose message, after a *yes*, is the template's text.

    Raises:
        KeyError: for a missing value, as `render` does.
    """
    fitting = {parameter: fit(parameter, value) for parameter, value in values.items()}
    return CallParts(
        opening=_OPENING[language].format_map(fitting),
        after_yes=render(template, language, values, facts),
        after_no=_AFTER_NO[language].format_map(fitting),
    )
