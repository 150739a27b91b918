"""The CSV files that say who people are: one person a row, the id in the first column."""

import csv
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from commands.command_line import CommandError, counted
from domain.events import Id
from domain.mistakes import describe_mistake

Person = TypeVar("Person")
Cells = dict[str, str]

_ID = TypeAdapter(Id)


class RowError(Exception):
    """A row that cannot be taken; the text is `column: reason`."""


def read_people(
    file: Path, columns: tuple[str, ...], read: Callable[[Cells], Person]
) -> tuple[dict[str, Person], list[str]]:
    """People by id from a CSV file with a header; the first column is the id.

    The good rows, and `file:line: column: reason` for each bad one.

    Raises:
        CommandError: naming the file and the reason, when it cannot be read at all.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            missing = set(columns) - set(rows.fieldnames or ())
            if missing:
                raise CommandError(f"{file}: no column {', '.join(sorted(missing))}")
            return _read_rows(file, columns[0], rows, read)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file}: cannot be read: {error}") from error


def report_rows(on_file: str, mistakes: list[str]) -> int:
    """Print what is on file now and each bad row; the exit code: 1 when there was a bad row."""
    for mistake in mistakes:
        typer.echo(mistake, err=True)
    typer.echo(f"{on_file} on file, {counted(len(mistakes), 'row')} rejected")
    return 1 if mistakes else 0


def _read_rows(
    file: Path, key: str, rows: "csv.DictReader[str]", read: Callable[[Cells], Person]
) -> tuple[dict[str, Person], list[str]]:
    people: dict[str, Person] = {}
    mistakes: list[str] = []
    for row in rows:
        try:
            cells = _cells(row)
            people[_new_identity(cells[key], key, people)] = read(cells)
        except RowError as error:
            mistakes.append(f"{file}:{rows.line_num}: {error}")
    return people, mistakes


def _cells(row: dict[Any, Any]) -> Cells:
    if None in row:
        raise RowError("more cells than columns")
    return {name: (cell or "").strip() for name, cell in row.items()}


def _new_identity(cell: str, column: str, earlier: Container[str]) -> str:
    try:
        identity = _ID.validate_python(cell)
    except ValidationError as error:
        raise RowError(f"{column}: {describe_mistake(error.errors()[0])}") from error
    if identity in earlier:
        raise RowError(f"{column}: stands in an earlier row, too")
    return identity
