"""The image holds what its programs import, and only that."""

import ast
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
PROGRAMS = ("ops.py", "server.py", "starter.py", "worker.py")


def test_the_image_holds_what_its_programs_import() -> None:
    """A package that is missing there fails only when the container starts."""
    copied = {
        line.removeprefix("!")
        for line in (REPOSITORY / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert copied == {"requirements", *PROGRAMS, *_packages()}


def _packages() -> set[str]:
    """The packages at the top that the programs import, directly or not."""
    seen: set[Path] = set()
    waiting = [REPOSITORY / program for program in PROGRAMS]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting += _imported(file)
    return {file.relative_to(REPOSITORY).parts[0] for file in seen} - set(PROGRAMS)


def _imported(file: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
        elif isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        else:
            continue
        for name in names:
            module = REPOSITORY.joinpath(*name.split("."))
            yield from filter(Path.is_file, (module.with_suffix(".py"), module / "__init__.py"))
