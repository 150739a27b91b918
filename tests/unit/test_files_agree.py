"""What is said in two places agrees: SQL names, locks."""

import ast
from pathlib import Path

from database.sql import SQL


def test_every_statement_named_in_the_code_exists(repository: Path) -> None:
    """Statements are looked up by name at run time: a misspelt one must not wait until then."""
    used = {
        node.attr
        for file in (repository / "database").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "SQL"
    }
    assert used
    assert used - set(SQL.available_queries) == set()


def test_lock_files_hold_hashes_and_no_address(repository: Path) -> None:
    """Whoever installs chooses the index; what is installed is fixed."""
    for lock in (repository / "requirements").glob("*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
