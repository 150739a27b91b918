"""The command lines: every command says what it does, is found by its name, and fails one way."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FunctionType
from typing import Annotated

import pytest
import typer
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

import local
import ops
import starter
from commands.command_line import CommandError, build_app, day_of
from database.policy.stored_policies import PolicyChangedError
from policies.files import PolicyError
from runtime.clock_setting import read_clock_wish
from runtime.settings import SettingsError

APPS = {"starter.py": starter.app, "ops.py": ops.app, "local.py": local.app}
FILE_NAMES = {
    "import": "import_tape",
    "list": "list_all",
}  # where the command's own name cannot be a module's
PLANNING = {"capacity", "forecast", "simulate"}  # in a folder of their own, typed without it
NOWHERE = "postgresql://me:secret@127.0.0.1:1/x"  # nobody listens there
LOAN, FILE = "L-1", "{file}"
NEED_THE_DATABASE = [
    ("starter.py", "crew", FILE),
    ("ops.py", "audit"),
    ("ops.py", "migrate"),
    ("ops.py", "today"),
    ("ops.py", "collected", "--since", "2026-11-01"),
    ("ops.py", "why", LOAN),
    ("ops.py", "package", LOAN, FILE),
    ("ops.py", "agreement", "A-1", "--pdf", FILE),
    ("ops.py", "visitor", "012345", "C-1", "--caller", "hotline-1"),
    ("ops.py", "policy", "show", "cn-1"),
    ("ops.py", "policy", "adopt", "cn-1", "--loan", LOAN),
]
MISUSED = [
    ("ops.py", "send", LOAN, "no_such_event", "{}"),
    ("ops.py", "send", LOAN, "hold_placed", "["),
    ("ops.py", "send", LOAN, "hold_placed", "[1]"),
    ("ops.py", "package", LOAN),
    ("ops.py", "package", "--verify", "/no/such/file"),
    ("ops.py", "agreement", "A-1"),
    ("ops.py", "visitor", "12", "C-1", "--caller", "hotline-1"),
    ("ops.py", "policy", "adopt", "cn-1"),
    ("ops.py", "policy", "check", "/no/such.yaml"),
]


def _commands_of(typed: str, group: TyperGroup) -> Iterator[tuple[str, TyperCommand]]:
    """Every command of an app, with what one types to run it."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands_of(f"{typed} {name}", command)
        elif isinstance(command, TyperCommand):
            yield f"{typed} {name}", command


def _commands(app: typer.Typer, script: str) -> dict[str, TyperCommand]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    assert group.commands
    return dict(_commands_of(script, group))


COMMANDS = {
    typed: command
    for script, app in APPS.items()
    for typed, command in _commands(app, script).items()
}


def _run(*words: str, file: Path | None = None) -> tuple[int, str, str]:
    """Exit code, output and errors of a command, run in this process."""
    script, *arguments = (word.format(file=file) if word == FILE else word for word in words)
    result = CliRunner().invoke(APPS[script], arguments, catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("typed", COMMANDS)
def test_every_command_and_option_has_help(typed: str) -> None:
    """What it does, and what each argument and option means."""
    command = COMMANDS[typed]
    assert command.help
    unexplained = [each.name for each in command.params if not getattr(each, "help", None)]
    assert unexplained == []


@pytest.mark.parametrize("typed", COMMANDS)
def test_every_command_is_a_file_of_its_name(typed: str) -> None:
    """Who reads `ops.py policy adopt` opens `commands/ops/policy/adopt.py`."""
    script, *path = typed.split()
    if script != "local.py":  # one command, and no folder for it
        path.insert(0, script.removesuffix(".py"))
    path[-1] = FILE_NAMES.get(path[-1], path[-1])
    if path[-1] in PLANNING:
        path.insert(-1, "planning")
    callback = COMMANDS[typed].callback
    assert callback is not None
    command = inspect.unwrap(callback)
    assert isinstance(command, FunctionType)
    assert (command.__module__, command.__name__) == (".".join(("commands", *path)), path[-1])


@pytest.mark.parametrize("typed", COMMANDS)
def test_every_command_is_in_the_documentation(repository: Path, typed: str) -> None:
    """Operations reads what there is to type."""
    documented = (repository / "docs" / "operations.md").read_text("utf-8")
    assert f"`python {typed}" in documented or typed == "local.py up"  # which is `make up`


@pytest.mark.parametrize("kind", [CommandError, SettingsError, PolicyError, PolicyChangedError])
def test_command_that_cannot_do_what_was_asked_ends_with_2(kind: type[Exception]) -> None:
    """One line on stderr, and nothing else."""

    async def fail() -> int:
        raise kind("FILE: there is none")

    result = CliRunner().invoke(build_app("Fails.", {"fail": fail}), ["fail"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "FILE: there is none\n"


@pytest.mark.parametrize(
    ("given", "reason"), [("many", "must be a whole number"), ("0", "must be greater than")]
)
def test_wrong_option_is_told_in_our_words(given: str, reason: str) -> None:
    """Not in those of the library that reads it."""

    async def take(loans: Annotated[int, typer.Option(min=1)]) -> int:
        return loans

    result = CliRunner().invoke(build_app("Takes.", {"take": take}), ["take", "--loans", given])
    assert result.exit_code == 2
    assert f"Error: Invalid value for '--loans': {reason}" in result.stderr


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", ""])
def test_no_day_is_named_with_its_option(text: str) -> None:
    """And shows what a day looks like."""
    with pytest.raises(CommandError, match=f"--since {text}: must be a day such as 2026-08-01"):
        day_of("--since", text)
    with pytest.raises(CommandError, match="--begin: must lie in the years 1970 to 2100"):
        day_of("--begin", "9999-12-31")


@pytest.mark.parametrize("code", [0, 1])
def test_command_ends_with_its_own_exit_code(code: int) -> None:
    """The number that it answers with."""

    async def answer() -> int:
        return code

    assert (
        CliRunner().invoke(build_app("Answers.", {"answer": answer}), ["answer"]).exit_code == code
    )


@pytest.mark.parametrize("words", NEED_THE_DATABASE, ids=" ".join)
def test_database_that_does_not_answer_is_one_line(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the variable and keeps the password to itself."""
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    file = tmp_path / "crew.csv"
    file.write_text("badge_id,full_name\n")
    code, output, errors = _run(*words, file=file)
    assert (code, output) == (2, "")
    assert errors.startswith("DATABASE_URL: the database cannot be used: ")
    assert len(errors.splitlines()) == 1
    assert "secret" not in errors


@pytest.mark.parametrize("words", MISUSED, ids=" ".join)
def test_misuse_is_one_line(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a command finds wrong itself, before anything is asked or written."""
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    code, output, errors = _run(*words, file=tmp_path / "file")
    assert (code, output, len(errors.splitlines())) == (2, "", 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("fast", 'must be a speed like "60x"'),
        ('{"day_share": 2}', "day_share: must be less than or equal to 1"),
        ('{"dayLength": 2}', "dayLength: a clock has no such field; it has started_at, origin, "),
        ("0x", "day_length must be positive"),
    ],
)
def test_wrong_clock_stops_the_stack_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, reason: str
) -> None:
    """In the words of every other command."""
    monkeypatch.setenv("BUSINESS_CLOCK", text)
    code, output, errors = _run("local.py", "up", "--data-dir", str(tmp_path / "stack"))
    assert (code, output, len(errors.splitlines())) == (2, "", 1)
    assert errors.startswith(f"BUSINESS_CLOCK is wrong: {reason}")
    assert not (tmp_path / "stack").exists()


@pytest.mark.parametrize("wish", ["real", "day=2s"])
def test_another_clock_on_the_same_data_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wish: str
) -> None:
    """What was worked on one clock makes no sense on another; the kept one is named."""
    monkeypatch.setenv("BUSINESS_CLOCK", wish)
    clock = read_clock_wish("60x").begun(datetime.now(UTC), datetime(2026, 3, 1, tzinfo=UTC))
    (tmp_path / "clock").write_text(str(clock))
    code, output, errors = _run("local.py", "up", "--data-dir", str(tmp_path))
    assert (code, output, len(errors.splitlines())) == (2, "", 1)
    assert "was kept with another clock, 60 times as fast as real time" in errors


def test_usage_is_explained_by_typer() -> None:
    """A missing argument: how the command is used, and an error that is one line."""
    code, output, errors = _run("ops.py", "status")
    assert (code, output) == (2, "")
    assert errors.splitlines()[-1] == "Error: Missing argument 'LOAN'."


def test_process_ends_with_the_commands_exit_code(repository: Path) -> None:
    """Its output is there, although the interpreter is not wound up; through a pipe as well."""
    command = [sys.executable, "ops.py", "policy", "check", "--demo"]
    checked = subprocess.run(  # noqa: S603
        command, cwd=repository, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "is valid, SHA-256" in checked.stdout
    missing = subprocess.run(  # noqa: S603
        [*command, "none.yaml"], cwd=repository, capture_output=True, text=True, check=False
    )
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr == "none.yaml: No such file or directory\n"
