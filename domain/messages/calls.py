"""What is said in a call, part by part: nothing of a debt before it is known who answers.

The opening says who calls and that the call is recorded, and asks who answers. What follows goes
by the answer: after a *yes* the message, after a *no* an apology.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from domain.messages.facts import Fact
from domain.messages.fitting import fit
from domain.messages.templates import WITHOUT_DEBT_DETAILS, Template
from domain.messages.texts import Spoken, parameters_of, render


class CallParts(NamedTuple):
    """The utterances of one call; the second and the third exclude each other."""

    opening: str
    after_yes: str
    after_no: str


def has_parts(template: Template) -> bool:
    """Whether a call asks who answers: one that tells nothing has no need to."""
    return template not in WITHOUT_DEBT_DETAILS


def render_call(
    spoken: Spoken, template: Template, values: Mapping[str, str], facts: Collection[Fact] = ()
) -> CallParts:
    """The parts of a call whose message, after a *yes*, is the template's text.

    Raises:
        KeyError: for a missing value, as `render` does.
    """
    fitting = {parameter: fit(parameter, value) for parameter, value in values.items()}
    return CallParts(
        opening=spoken.call_opening.format_map(fitting),
        after_yes=render(spoken, template, values, facts),
        after_no=spoken.call_after_no.format_map(fitting),
    )


def opening_values(spoken: Spoken, values: Mapping[str, str]) -> dict[str, str]:
    """What a registered opening is filled with, cut as declared."""
    return {name: fit(name, values[name]) for name in sorted(parameters_of(spoken.call_opening))}
