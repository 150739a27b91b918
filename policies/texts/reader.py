"""Puts the files of texts that a policy names in their place, and says where a text is wrong.

A policy says `texts: {zh: texts/zh.yaml, en: texts/en.yaml}`, by files beside the one that says so.
A file of texts may extend another, as a policy may: a lender says only what is otherwise. What
many texts share is a piece, `<name>`, that is said once.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from domain.messages.texts import LANGUAGES, Texts, mistakes_of
from policies.files import PolicyError, entry_of, place_of, read_with_base

TEXTS, PIECES = "texts", "pieces"
_PIECE = re.compile(r"<(\w+)>")


def put_texts(root: yaml.MappingNode) -> None:
    """Replace the name of each file of texts by its content, pieces put in.

    Raises:
        PolicyError: for a file that cannot be read, and for pieces that there are not, or that no
            text uses.
    """
    named = entry_of(root, TEXTS)
    if not isinstance(named, yaml.MappingNode):
        return
    for place, (language, file) in enumerate(named.value):
        if isinstance(file, yaml.ScalarNode):
            texts = read_with_base(Path(file.start_mark.name).parent / str(file.value))
            if mistakes := list(_put_pieces(texts)):
                raise PolicyError("\n".join(mistakes))
            named.value[place] = (language, texts)


def _put_pieces(texts: yaml.MappingNode) -> Iterator[str]:
    """Each piece where a text names it; yields what is wrong."""
    pieces = {
        key.value: value for key, value in getattr(entry_of(texts, PIECES), "value", None) or ()
    }
    texts.value = [(key, value) for key, value in texts.value if key.value != PIECES]
    used: set[str] = set()
    for node in _texts_of(texts):
        names = set(_PIECE.findall(node.value))
        used |= names
        for name in sorted(names - pieces.keys()):
            yield f"{_place(node)}: <{name}> is no piece"
        node.value = _PIECE.sub(
            lambda found: str(pieces[found[1]].value) if found[1] in pieces else "", node.value
        )
    for name in sorted(pieces.keys() - used):
        yield f"{_place(pieces[name])}: {PIECES}.{name}: no text uses it"


def _texts_of(node: yaml.MappingNode) -> Iterator[yaml.ScalarNode]:
    for _, value in node.value:
        if isinstance(value, yaml.MappingNode):
            yield from _texts_of(value)
        elif isinstance(value, yaml.ScalarNode):
            yield value


def _place(node: yaml.Node) -> str:
    return f"{node.start_mark.name}:{node.start_mark.line + 1}"


def see_texts(texts: Texts | None, root: yaml.MappingNode) -> None:
    """See that each language has its texts, and each text what its template declares.

    A file that names no texts goes by what was shipped before texts were part of a policy.

    Raises:
        PolicyError: with one line for each text that is wrong.
    """
    if texts is None:
        return
    if missing := [each for each in LANGUAGES if each not in texts]:
        raise PolicyError(
            f"{place_of(root, (TEXTS,))}: {TEXTS}: a file of texts is needed in"
            f" {', '.join(missing)} (own-choices.yaml names the shipped ones)"
        )
    lines: list[str] = []
    for language, spoken in texts.items():
        if spoken.language != language:
            place = place_of(root, (TEXTS, language, "language"))
            lines.append(f"{place}: {TEXTS}.{language}: are texts in {spoken.language}")
        for name, mistake in mistakes_of(spoken):
            place = place_of(root, (TEXTS, language, *name.split(".")))
            lines.append(f"{place}: {TEXTS}.{language}.{name}: {mistake}")
    if lines:
        raise PolicyError("\n".join(lines))
