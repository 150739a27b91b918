"""What is said in two places agrees: SQL names, locks."""

import ast
import tomllib
from pathlib import Path
from typing import TypeGuard

from database.statements import DECLARED, declare_statements, load_statements
from runtime.release import RELEASE


def _is_statement(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "SQL"
    )


def test_every_statement_is_used_and_every_used_one_exists(repository: Path) -> None:
    """Statements are looked up by name at run time: a misspelt one must not wait until then."""
    used = {
        node.attr
        for file in (repository / "database").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if _is_statement(node)
    }
    assert used == {statement.__name__ for statement in load_statements()}


def test_statements_are_declared_as_they_are() -> None:
    """What mypy holds every call against."""
    assert declare_statements() == DECLARED.read_text("utf-8"), "run `make statements`"


def test_mypy_sees_every_parameter_of_a_statement(repository: Path) -> None:
    """Of what a call unpacks from a dict it sees no name."""
    unpacking = [
        f"{file.relative_to(repository)}:{node.lineno}"
        for file in (repository / "database").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and _is_statement(node.func)
        and any(keyword.arg is None for keyword in node.keywords)
    ]
    assert unpacking == []


def test_lock_files_hold_hashes_and_no_address(repository: Path) -> None:
    """Whoever installs chooses the index; what is installed is fixed."""
    locks = list((repository / "requirements").glob("*.lock"))
    assert locks
    for lock in locks:
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
    packages = (repository / "requirements/restate/package-lock.json").read_text()
    assert '"integrity": "sha512-' in packages
    assert "://" not in packages


def test_a_process_knows_which_release_it_is(repository: Path) -> None:
    """An image does not have the file that says it."""
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == RELEASE
