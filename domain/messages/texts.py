"""What the borrower reads and hears: texts of a lender, as data, and how they are put together.

A file of texts (`policies/texts/`) is read into these models, kept with the policy that names it,
and pinned with it. The words of a stored policy never change; a template that is younger than they
are has its words from the current policy.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from string import Formatter
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from domain.messages.facts import Fact, all_words, facts_used, words_for
from domain.messages.fitting import fit, shorter_names
from domain.messages.segments import sms_segments
from domain.messages.templates import (
    CALL_OPENING,
    DEPENDS_ON,
    LADDER,
    NEEDS,
    PARAMETERS,
    Template,
)

MOST_SEGMENTS = 4  # of a message: providers bill each

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Spoken(BaseModel):
    """The texts of one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Language
    call_opening: str  # of a call that asks who answers, before its message
    call_after_no: str  # and instead of it
    messages: dict[Template, str]

    @field_validator("messages")
    @classmethod
    def _in_the_order_of_the_templates(cls, messages: dict[Template, str]) -> dict[Template, str]:
        """One order, whatever a file or the database has: for the fingerprint."""
        return {template: messages[template] for template in Template if template in messages}


Texts = dict[Language, Spoken]


def spoken_in(language: str, template: Template, texts: Sequence[Texts]) -> Spoken:
    """Of several lots of texts the first that has a template in a language.

    Raises:
        LookupError: when none has it.
    """
    for each in texts:
        spoken = next((spoken for name, spoken in each.items() if name == language), None)
        if spoken is not None and template in spoken.messages:
            return spoken
    raise LookupError(f"no text of {template} in {language}")


def mistakes_of(spoken: Spoken) -> Iterator[tuple[str, str]]:
    """Where texts differ from what is declared: the path of a text, and what is wrong with it.

    Every template has a text, and uses exactly its parameters and its facts.
    """
    opening = _mistake(spoken.call_opening, CALL_OPENING, frozenset())
    after_no = _mistake(spoken.call_after_no, frozenset(), frozenset())
    for name, found in (("call_opening", opening), ("call_after_no", after_no)):
        if found:
            yield name, found
    for template in Template:
        if template not in spoken.messages:
            yield f"messages.{template}", "is missing"
        elif found := _mistake(spoken.messages[template], NEEDS[template], DEPENDS_ON[template]):
            yield f"messages.{template}", found


def _mistake(text: str, needs: Collection[str], depends_on: Collection[Fact]) -> str:
    words = all_words(text)
    if "[" in words or "]" in words:
        return "has a part in brackets that names no fact"
    try:
        used = parameters_of(words)
    except ValueError as error:
        return f"cannot be filled in: {error}"
    for kind, has, declared in (
        ("parameter", used, needs),
        ("fact", facts_used(text), depends_on),
    ):
        if unknown := sorted({*has} - {*declared}):
            return f"says a {kind} that its template does not declare: {', '.join(unknown)}"
        if unsaid := sorted({*declared} - {*has}):
            return f"leaves out a {kind} that its template declares: {', '.join(unsaid)}"
    return "" if used <= PARAMETERS.keys() else "says what is no parameter"


def parameters_of(words: str) -> frozenset[str]:
    """The names of the parameters in a text.

    Raises:
        ValueError: when a brace stands alone, or asks for more than a name.
    """
    fields = list(Formatter().parse(words))
    if any(name is not None and (form or conversion) for _, name, form, conversion in fields):
        raise ValueError("a parameter is a name in braces, and nothing else")
    return frozenset(name for _, name, _, _ in fields if name is not None)


def render(
    spoken: Spoken, template: Template, values: Mapping[str, str], facts: Collection[Fact] = ()
) -> str:
    """The text of a template where these facts are so; a value that is too long is cut.

    A message takes four segments at most: a name that makes it longer gives way.

    Raises:
        KeyError: for a missing value: the visit or the part that the message speaks of is over
            by now, or the day on which the lender reports has come or is none.
    """
    words = words_for(spoken.messages[template], facts)
    fitting = {parameter: fit(parameter, value) for parameter, value in values.items()}
    text = words.format_map(fitting)
    if template in LADDER["call"] or sms_segments(text) <= MOST_SEGMENTS:
        return text
    for name in shorter_names(fitting["name"], spoken.language):
        text = words.format_map(fitting | {"name": name})
        if sms_segments(text) <= MOST_SEGMENTS:
            break
    return text


def values_of(
    spoken: Spoken, template: Template, values: Mapping[str, str], facts: Collection[Fact] = ()
) -> dict[str, str]:
    """What a registered template is filled with where these facts are so, cut as declared.

    Raises:
        KeyError: as `render`.
    """
    used = parameters_of(words_for(spoken.messages[template], facts))
    return {name: fit(name, values[name]) for name in sorted(used)}
