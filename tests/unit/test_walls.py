"""What the import linter cannot see: that it looks at every package, and the scripts at the top."""

import ast
import tomllib
from pathlib import Path

import pytest

SCRIPTS = ("local.py", "ops.py", "server.py", "starter.py", "worker.py")
# A script builds and runs; what it does stands in a package.
NOT_FOR_SCRIPTS = {"asyncpg", "aiosql", "demo", "drills", "benchmarks", "tests"}


def test_every_package_is_behind_the_walls(repository: Path) -> None:
    """A package that the contracts do not name may import what it likes."""
    contracts = tomllib.loads((repository / "pyproject.toml").read_text())["tool"]["importlinter"]
    packages = {file.parent.name for file in repository.glob("*/__init__.py")}
    assert packages - {"tests"} == set(contracts["root_packages"])


def test_nothing_else_lies_at_the_top(repository: Path) -> None:
    """At the top is what one runs."""
    assert sorted(file.name for file in repository.glob("*.py")) == sorted(SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_touch_nothing_themselves(repository: Path, script: str) -> None:
    """Neither the database's driver, nor the demo, nor tests."""
    roots = {module.partition(".")[0] for module in _imported(repository / script)}
    assert not roots & NOT_FOR_SCRIPTS


def test_no_package_imports_what_stands_above_all(repository: Path) -> None:
    """The linter has no name for tests and for what one runs: whoever imported them went unseen."""
    above = {"tests", *(Path(script).stem for script in SCRIPTS)}
    packages = {file.parent for file in repository.glob("*/__init__.py")} - {repository / "tests"}
    wrong = {
        (str(file.relative_to(repository)), name)
        for package in packages
        for file in package.rglob("*.py")
        for name in _imported(file)
        if name.partition(".")[0] in above
    }
    assert wrong == set()


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return modules | {
        name.name for node in nodes if isinstance(node, ast.Import) for name in node.names
    }


def _is_read(file: Path) -> bool:
    return file.suffix in (".py", ".sql") and file.name != "__init__.py"


def test_no_folder_is_crowded(repository: Path) -> None:
    """A folder is what one can hold in one's head: about fifteen files."""
    skipped = {".venv", ".venv-deploy", ".venv-peers", ".git", ".local", "histories", "migrations"}
    crowded = {
        str(folder.relative_to(repository)): len(files)
        for folder in [repository, *repository.rglob("*/")]
        if not skipped & set(folder.relative_to(repository).parts)
        and len(files := [each for each in folder.iterdir() if _is_read(each)]) > 16
    }
    assert crowded == {}
