"""What a schema of today asks that one of before did not: it would break who sends by that."""

from collections.abc import Iterator
from typing import Any

_EQUAL = ("type", "const", "format", "pattern", "$ref")  # another one may refuse what was sent
_LOWER = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
_HIGHER = ("minLength", "minItems", "minimum", "exclusiveMinimum")


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Each as `path: what`; none where every body that fitted still does."""
    return list(_changes("", old, new))


def _changes(path: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{_at(path, name)}: is asked for now"
    for group in ("properties", "$defs"):
        for name, before in old.get(group, {}).items():
            if name not in new.get(group, {}):
                yield f"{_at(path, name)}: is gone"
            else:
                yield from _changes(_at(path, name), before, new[group][name])
    if set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))):
        yield f"{path}: enum"
    yield from (
        f"{path}: {each}" for each in _EQUAL if new.get(each, old.get(each)) != old.get(each)
    )
    for names, sign in ((_LOWER, 1), (_HIGHER, -1)):
        for each in names:
            if each in new and (each not in old or sign * new[each] < sign * old[each]):
                yield f"{path}: {each}"
    yield from _parts(path, old, new)


def _parts(path: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Of a list its items; of a choice each that there was must still be one."""
    if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
        yield from _changes(f"{path}[]", old["items"], new["items"])
    choices = new.get("anyOf", [new])
    for before in old.get("anyOf", ()):
        if all(list(_changes(path, before, choice)) for choice in choices):
            yield f"{path}: anyOf"


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
