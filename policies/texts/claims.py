"""Reads a text as a stranger would: for threats, invented authority, and details of a debt."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from domain.messages.samples import SAMPLES, RenderedText, every_text
from domain.messages.segments import sms_segments
from domain.messages.templates import LADDER, WITHOUT_DEBT_DETAILS
from domain.messages.texts import MOST_SEGMENTS, Language, Spoken, Texts
from policies.files import PolicyError, place_of, read_with_base
from policies.texts.reader import TEXTS, put_texts
from policies.yaml12 import Yaml12Loader

_AMOUNT = re.compile(r"[A-Z]{3} [\d,]+\.\d\d|[\d,]+元|\d+\.\d\d元")


@cache
def _words(name: str) -> tuple[str, ...]:
    text = (Path(__file__).parent / "forbidden_claims.yaml").read_text("utf-8")
    lists = yaml.load(text, Yaml12Loader)  # noqa: S506  a safe loader, by rules of its own
    return tuple(lists[name])


def forbidden_claims(text: str, language: Language) -> list[str]:
    """The words of the list that a text says; none of them may be in any."""
    return _said(text, language, _words(language))


def debt_details(text: str, language: Language) -> list[str]:
    """What in a text tells that there is a debt, or how much it is."""
    return [*_said(text, language, _words(f"debt_{language}")), *_AMOUNT.findall(text)]


def _said(text: str, language: Language, words: tuple[str, ...]) -> list[str]:
    if language == "zh":
        return [word for word in words if word in text]
    plain = f" {re.sub('[^a-z]+', ' ', text.lower())} "  # whole words: `sue` is not in `issue`
    return [word for word in words if f" {word} " in plain]


def refuse_claims(texts: Texts, policy_file: Path) -> None:
    """See what each text of a policy's file says in every combination of its facts.

    Raises:
        PolicyError: with one line for each text that makes a claim that no text may, that tells of
            a debt to whoever may be somebody else, or that takes more segments than are paid for.
    """
    root = read_with_base(policy_file)
    put_texts(root)
    lines = [
        f"{place_of(root, (TEXTS, language, *name.split('.')))}: {TEXTS}.{language}.{name}: {why}"
        for language, spoken in texts.items()
        for name, why in dict(_objections(spoken)).items()
    ]
    if lines:
        raise PolicyError("\n".join(lines))


def _objections(spoken: Spoken) -> Iterator[tuple[str, str]]:
    """The path of a text, and what is wrong with what it says in one of its combinations."""
    for name in ("call_opening", "call_after_no"):
        said = getattr(spoken, name).format_map(SAMPLES[spoken.language])
        if why := _objection(said, spoken.language, tells_nothing=True):
            yield name, why
    for text in (*every_text(spoken), *every_text(spoken, longest=True)):
        if why := _of_message(text):
            yield f"messages.{text.template}", why


def _of_message(text: RenderedText) -> str:
    tells_nothing = text.template in WITHOUT_DEBT_DETAILS
    if why := _objection(text.text, text.language, tells_nothing=tells_nothing):
        return why
    segments = 0 if text.template in LADDER["call"] else sms_segments(text.text)
    if segments > MOST_SEGMENTS:
        where = f" where {', '.join(sorted(text.facts))}" if text.facts else ""
        return f"takes {segments} segments{where}, and {MOST_SEGMENTS} are the most"
    return ""


def _objection(text: str, language: Language, *, tells_nothing: bool) -> str:
    if said := forbidden_claims(text, language):
        return f"says what no text may say: {', '.join(said)}"
    if tells_nothing and (told := debt_details(text, language)):
        return f"tells of a debt to whoever may be somebody else: {', '.join(told)}"
    return ""
