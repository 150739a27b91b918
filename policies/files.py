"""YAML files of rules and texts, each part with its line, and what one takes from another.

A file may say `extends: OTHER`, a file beside it: what it does not say itself is taken from there,
and from what that one extends. A rule is taken over as a whole, with its source and its force, or
not at all.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from policies.yaml12 import Yaml12Loader, is_ambiguous_number

EXTENDS = "extends"
# What a file says for itself or not at all: other content under a name of its base is not its base.
NEVER_TAKEN = frozenset({"version"})


class PolicyError(Exception):
    """A policy file that cannot be used; each line of the text names file, line and reason."""


def read_with_base(path: Path) -> yaml.MappingNode:
    """A file's content, and below it that of the file it extends, however many there are."""
    return _read_over(path, ())


def _read_over(path: Path, extended_by: Sequence[Path]) -> yaml.MappingNode:
    root = _read_file(path)
    line = (*extended_by, path)
    base = _base_of(root, line)
    if base is None:
        return root
    below = _read_over(base, line)
    below.value = [(key, value) for key, value in below.value if key.value not in NEVER_TAKEN]
    return _merge(below, root)


def _read_file(path: Path) -> yaml.MappingNode:
    """A file's content, each part of it with its place."""
    try:
        loader = Yaml12Loader(path.read_text(encoding="utf-8"))
        loader.name = str(path)  # the places name the file
        root = loader.get_single_node()
    except OSError as error:
        raise PolicyError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: not YAML: {error}") from error
    if root is None:
        raise PolicyError(f"{path}: the file is empty")
    if not isinstance(root, yaml.MappingNode):
        raise PolicyError(f"{path}: not a policy: the file must hold `name: value` lines")
    if mistakes := [*_said_twice(root), *_numbers_with_zeros(root)]:
        raise PolicyError("\n".join(mistakes))
    return root


def _said_twice(node: yaml.Node) -> Iterator[str]:
    """YAML lets the last one win, and nobody sees it."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _said_twice(item)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                mark = key.start_mark
                yield f"{mark.name}:{mark.line + 1}: {name}: is said twice"
            seen.add(name)
            yield from _said_twice(value)


def _numbers_with_zeros(node: yaml.Node) -> Iterator[str]:
    """To older readers 015 is thirteen, to newer ones fifteen: it is nothing here."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _numbers_with_zeros(item)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _numbers_with_zeros(key)
            yield from _numbers_with_zeros(value)
    if isinstance(node, yaml.ScalarNode) and is_ambiguous_number(node):
        mark = node.start_mark
        yield f"{mark.name}:{mark.line + 1}: {node.value}: YAML reads it in two ways"


def content_of(root: yaml.Node, path: Path) -> object:
    try:
        return Yaml12Loader("").construct_document(root)
    except yaml.YAMLError as error:
        raise PolicyError(f"{path}: not YAML: {error}") from error


def _base_of(root: yaml.MappingNode, line: Sequence[Path]) -> Path | None:
    """Take the `extends` line out of the last file of a line; answers with the file it names."""
    for entry in root.value:
        key, value = entry
        if key.value == EXTENDS:
            root.value.remove(entry)
            base = line[-1].parent / str(value.value)
            if not isinstance(value, yaml.ScalarNode) or _is_among(base, line):
                mark = value.start_mark
                raise PolicyError(
                    f"{mark.name}:{mark.line + 1}: {EXTENDS}: must name another file, and none"
                    " that extends this one"
                )
            return base
    return None


def _is_among(path: Path, line: Sequence[Path]) -> bool:
    return path.resolve() in {each.resolve() for each in line}


def _merge(base: yaml.MappingNode, over: yaml.MappingNode) -> yaml.MappingNode:
    """What `over` says, and else what `base` says, in the order of `base`."""
    merged = {str(key.value): (key, value) for key, value in base.value}
    for key, value in over.value:
        _, known = merged.get(str(key.value), (None, None))
        taken = value
        if isinstance(known, yaml.MappingNode) and isinstance(value, yaml.MappingNode):
            taken = value if _is_rule(value) or _is_rule(known) else _merge(known, value)
        merged[str(key.value)] = (key, taken)
    return yaml.MappingNode(over.tag, list(merged.values()), over.start_mark, over.end_mark)


def _is_rule(node: yaml.MappingNode) -> bool:
    return any(key.value == "id" for key, _ in node.value)


def entry_of(node: yaml.MappingNode, name: str) -> yaml.Node | None:
    """What a file says under a name; None where it says nothing."""
    return next((value for key, value in node.value if key.value == name), None)


def place_of(node: yaml.Node, path: Sequence[str | int]) -> str:
    """File and line of the deepest part of a path that the file has."""
    mark = node.start_mark
    for part in path:
        child: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    mark, child = key.start_mark, value
        elif isinstance(node, yaml.SequenceNode) and part in range(len(node.value)):
            child = node.value[int(part)]
            mark = child.start_mark
        if child is None:
            break
        node = child
    return f"{mark.name}:{mark.line + 1}"
