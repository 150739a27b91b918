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
    file: Path,
    columns: tuple[str, ...],
    read: Callable[[Cells], Person],
    may_be_missing: tuple[str, ...] = (),
) -> tuple[dict[str, Person], list[str]]:
    """People by id from a CSV file with a header; the first column is the id.

    The good rows, and `file:line: column: reason` for each bad one. It is said on stderr which
    columns are none of these.

    Raises:
        CommandError: naming the file and the reason, when it cannot be read at all.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            rows.fieldnames = [name.strip() for name in rows.fieldnames or ()]
            _check_header(file, rows.fieldnames, columns, may_be_missing)
            return _read_rows(file, columns[0], rows, read)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file}: cannot be read: {error}") from error


def report_rows(on_file: str, mistakes: list[str], have_left: list[str]) -> int:
    """Print what is on file now, each bad row, and who is named though they have left.

    The exit code: 1 when there was a bad row.
    """
    for mistake in mistakes:
        typer.echo(mistake, err=True)
    if have_left:
        typer.echo(f"not active, and not by this file either: {', '.join(have_left)}", err=True)
    typer.echo(f"{on_file} on file, {counted(len(mistakes), 'row')} rejected")
    return 1 if mistakes else 0


def _check_header(
    file: Path, header: list[str], columns: tuple[str, ...], may_be_missing: tuple[str, ...]
) -> None:
    missing = [name for name in columns if name not in header]
    if missing:
        raise CommandError(f"{file}: no column {', '.join(missing)}")
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise CommandError(f"{file}: repeated columns: {', '.join(repeated)}")
    known = (*columns, *may_be_missing)
    ignored = [name for name in header if name and name not in known]
    if ignored:
        there_are = ", ".join(known)
        typer.echo(f"{file}: ignored columns: {', '.join(ignored)}; read are {there_are}", err=True)


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
