"""Where tests and their helpers stand: a helper is in `tests/support`, and says what it is for."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

MOST_LINES = 250  # beyond that a file is two things


def _modules(repository: Path) -> Iterator[Path]:
    return (file for file in (repository / "tests").rglob("*.py") if file.stat().st_size)


def _is_support(file: Path) -> bool:
    return "support" in file.parts


def test_every_module_is_a_test_its_fixtures_or_support(repository: Path) -> None:
    """A helper beside the tests is found by nobody else."""
    strays = [
        file
        for file in _modules(repository)
        if not _is_support(file) and not file.name.startswith(("test_", "conftest"))
    ]
    assert strays == []


def test_no_two_modules_have_one_name(repository: Path) -> None:
    """They could not be run together: `python -m pytest tests` names them by that."""
    names = Counter(file.name for file in _modules(repository) if file.name.startswith("test_"))
    assert [name for name, modules in names.items() if modules > 1] == []


def test_every_module_says_what_it_is_for(repository: Path) -> None:
    """In a sentence, before anything else."""
    silent = [file for file in _modules(repository) if not ast.get_docstring(_tree(file))]
    assert silent == []


def test_no_module_imports_a_test_or_its_fixtures(repository: Path) -> None:
    """What two of them need is support."""
    imports = {
        (str(file.relative_to(repository)), node.module)
        for file in _modules(repository)
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("tests.")
        and not (node.module or "").startswith("tests.support")
    }
    assert imports == set()


def test_no_module_is_two_things(repository: Path) -> None:
    """Not by its length, at least."""
    lengths = {
        str(file.relative_to(repository)): len(file.read_text(encoding="utf-8").splitlines())
        for file in _modules(repository)
    }
    assert {file: lines for file, lines in lengths.items() if lines > MOST_LINES} == {}


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
