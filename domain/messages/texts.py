"""What the borrower reads and hears, by language and template; and how it is put together.

No threat, no fee, no claim to be an authority: a message says what is owed, what being overdue
leads to, how to pay, and where to ask or complain, and of that only what is so of this loan. A text
that differs from what its template declares, or that is missing in a language, stops the process
at start.
"""

from collections.abc import Collection, Mapping
from string import Formatter

from domain.messages.chinese import CHINESE
from domain.messages.english import ENGLISH
from domain.messages.facts import Fact, all_words, facts_used, words_for
from domain.messages.fitting import fit, shorter_names
from domain.messages.segments import sms_segments
from domain.messages.templates import DEPENDS_ON, LADDER, NEEDS, PARAMETERS, Template

MOST_SEGMENTS = 4  # of a message: providers bill each

TEXTS: Mapping[str, Mapping[Template, str]] = {"zh": CHINESE, "en": ENGLISH}


class TemplateError(Exception):
    """The templates contradict their declarations: a mistake in this product."""


def check_templates(
    texts: Mapping[str, Mapping[Template, str]],
    needs: Mapping[Template, frozenset[str]],
    depends_on: Mapping[Template, frozenset[Fact]],
) -> None:
    """See that every template of every language uses exactly what it declares: parameters, facts.

    Raises:
        TemplateError: naming language, template and what differs.
    """
    for language, spoken in texts.items():
        if spoken.keys() != needs.keys():
            raise TemplateError(
                f"{language}: other templates: {sorted(spoken.keys() ^ needs.keys())}"
            )
        for template, text in spoken.items():
            words, facts = all_words(text), facts_used(text)
            if differing := sorted(facts ^ depends_on[template]):
                raise TemplateError(f"{language}: {template}: facts used or declared: {differing}")
            used = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
            if used != needs[template] or not used <= PARAMETERS.keys():
                differing = sorted(used ^ needs[template]) or sorted(used - PARAMETERS.keys())
                raise TemplateError(f"{language}: {template}: used or declared: {differing}")
            if "[" in words or "]" in words:
                raise TemplateError(f"{language}: {template}: a part that names no fact: {text}")


check_templates(TEXTS, {template: NEEDS[template] for template in Template}, DEPENDS_ON)


def render(
    template: Template, language: str, values: Mapping[str, str], facts: Collection[Fact] = ()
) -> str:
    """The text of a template where these facts are so; a value that is too long is cut.

    A message takes four segments at most: a name that makes it longer gives way.

    Raises:
        KeyError: for a missing value: the visit or the part that the message speaks of is over
            by now, or the day on which the lender reports has come or is none.
    """
    words = words_for(TEXTS[language][template], facts)
    fitting = {parameter: fit(parameter, value) for parameter, value in values.items()}
    text = words.format_map(fitting)
    if template in LADDER["call"] or sms_segments(text) <= MOST_SEGMENTS:
        return text
    for name in shorter_names(fitting["name"], language):
        text = words.format_map(fitting | {"name": name})
        if sms_segments(text) <= MOST_SEGMENTS:
            break
    return text


def values_of(
    template: Template, language: str, values: Mapping[str, str], facts: Collection[Fact] = ()
) -> dict[str, str]:
    """What a registered template is filled with where these facts are so, cut as declared.

    Raises:
        KeyError: as `render`.
    """
    words = words_for(TEXTS[language][template], facts)
    used = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    return {name: fit(name, values[name]) for name in sorted(used)}
