"""Reads a policy file and says on which line it is wrong."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from domain.policy import Policy


class PolicyError(Exception):
    """A policy file that cannot be used; each line of the text names file, line and reason."""


def read_policy(path: Path) -> Policy:
    """The policy in a YAML file.

    Raises:
        PolicyError: with one `file:line: field: reason` line for each mistake.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except OSError as error:
        raise PolicyError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: not YAML: {error}") from error
    if root is None:
        raise PolicyError(f"{path}: the file is empty")
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        lines = [
            f"{path}:{_line_of(root, mistake['loc'])}: "
            f"{'.'.join(str(part) for part in mistake['loc'])}: {mistake['msg']}"
            for mistake in error.errors()
        ]
        raise PolicyError("\n".join(lines)) from error


def fingerprint(policy: Policy) -> str:
    """The SHA-256 of a policy's content, whatever its file looks like."""
    return hashlib.sha256(policy.model_dump_json().encode()).hexdigest()


def _line_of(node: yaml.Node, path: Sequence[str | int]) -> int:
    """The line of the deepest part of a path that the file has."""
    line = node.start_mark.line + 1
    for part in path:
        child: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, child = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and part in range(len(node.value)):
            child = node.value[int(part)]
            line = child.start_mark.line + 1
        if child is None:
            return line
        node = child
    return line
