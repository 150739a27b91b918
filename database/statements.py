"""Writes `declared.pyi`: every statement of `queries/` as a method, so that mypy knows them.

A statement that is misspelt, a parameter that is missing or that there is not, is a type error.
`make statements` (`python -m database.statements`) writes the file after a statement has changed;
a test holds it against the statements.
"""

from pathlib import Path
from typing import Any

from database.sql import SQL

DECLARED = Path(__file__).with_name("declared.pyi")
_HEAD = '''\
# fmt: off
# ruff: noqa: E501
"""Written by `make statements` from `queries/`: one line a statement, whatever its length."""

from collections.abc import AsyncIterator, Iterable
from typing import Any, Protocol, TypedDict

import asyncpg

from database.sql import Connection, Pool
'''
_ANSWERS = {
    "SELECT": "AsyncIterator[asyncpg.Record]",
    "SELECT_ONE": "Any",  # a record, or None
    "SELECT_VALUE": "Any",
    "INSERT_UPDATE_DELETE": "str",
    "INSERT_UPDATE_DELETE_MANY": "None",
    "SCRIPT": "str",
}


def load_statements() -> list[Any]:
    """Every statement as a function that has `parameters` and an `operation`, by name."""
    loaded: Any = SQL
    functions = (getattr(loaded, name) for name in loaded.available_queries)
    return [each for each in functions if each.parameters is not None]  # and not a cursor


def declare_statements() -> str:
    """The text of `declared.pyi`, as the statements are now."""
    statements = load_statements()
    rows = [_row_type(each) for each in statements if _takes_many(each)]
    methods = [_method(each) for each in statements]
    return "".join([_HEAD, *rows, "\nclass Statements(Protocol):\n", *methods])


def _row_type(statement: Any) -> str:
    fields = "".join(f"    {name}: object\n" for name in statement.parameters)
    return f"\nclass {_row_name(statement)}(TypedDict):\n{fields}"


def _method(statement: Any) -> str:
    if _takes_many(statement):
        given = f", rows: Iterable[{_row_name(statement)}], /"
    else:
        given = "".join([", /", *(", *" for _ in statement.parameters[:1])])
        given += "".join(f", {name}: object" for name in statement.parameters)
    kind = statement.operation.name
    prefix = "" if kind == "SELECT" else "async "
    name = statement.__name__
    return f"    {prefix}def {name}(self, on: Connection | Pool{given}) -> {_ANSWERS[kind]}: ...\n"


def _takes_many(statement: Any) -> bool:
    return bool(statement.operation.name == "INSERT_UPDATE_DELETE_MANY")


def _row_name(statement: Any) -> str:
    """`AddCrewMemberRow` of `add_crew_member`."""
    return "".join(word.title() for word in statement.__name__.split("_")) + "Row"


if __name__ == "__main__":
    DECLARED.write_text(declare_statements(), encoding="utf-8")
