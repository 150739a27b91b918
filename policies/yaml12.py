"""YAML by the rules of version 1.2, whose plain words are text unless they are plainly not.

The library reads version 1.1, in which `no` is false, `015` is thirteen, `22:00` is 1320 and
`2026-02-30` is a day that stops the reader.
"""

import re

import yaml

_WORDS = {
    "tag:yaml.org,2002:bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "tag:yaml.org,2002:null": (r"~|null|Null|NULL|", "~nN\0"),
    "tag:yaml.org,2002:int": (r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    "tag:yaml.org,2002:float": (r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", "-+0123456789"),
}
_ZERO_FIRST = re.compile(
    r"[-+]?0[0-9_]+(\.[0-9_]*)?|[-+]?0[box][0-9a-fA-F_]+|[-+]?[0-9]+(_[0-9]+)+"
)


class Yaml12Loader(yaml.SafeLoader):
    """Reads plain scalars by version 1.2."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for _tag, (_words, _firsts) in _WORDS.items():
    _first: list[str | None] = ["" if letter == "\0" else letter for letter in _firsts]
    Yaml12Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_words})$"), _first)


def is_ambiguous_number(node: yaml.ScalarNode) -> bool:
    """Whether a plain scalar is one number to version 1.1 and another, or text, to 1.2."""
    return node.style is None and _ZERO_FIRST.fullmatch(node.value) is not None
