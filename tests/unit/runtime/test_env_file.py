"""The file of a running stack's settings: for shells, and for commands that were told nothing."""

import os
import subprocess
from pathlib import Path

import pytest

from domain.clock import BusinessClock
from runtime.env_file import adopt_env_file, env_file, read_env_file

CLOCK = '{"started_at":"2026-03-01T08:00:00Z","origin":"2026-03-01T08:00:00Z","day_length":"PT1M"}'
SETTINGS = {
    "DATABASE_URL": "postgresql://me@/x?host=/run/my%20sockets&a=b",
    "BUSINESS_CLOCK": CLOCK,
    "TEMPORAL_ADDRESS": "127.0.0.1:7233",
}
UNSET = (*SETTINGS, "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE")


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set first, so that what a command adopts is taken back at the end."""
    for name in UNSET:
        monkeypatch.setenv(name, "")


def test_a_shell_reads_what_was_written(tmp_path: Path) -> None:
    """Quotes, braces and ampersands survive `.`; afterwards the file is gone."""
    path = tmp_path / "env"
    with env_file(path, SETTINGS):
        assert read_env_file(path) == SETTINGS
        script = f'set -a; . {path}; printf %s "$BUSINESS_CLOCK"'
        said = subprocess.check_output(["/bin/sh", "-c", script], text=True)  # noqa: S603
        assert BusinessClock.parse(said) == BusinessClock.parse(CLOCK)
    assert not path.exists()


def test_the_first_file_is_taken_where_nothing_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is set beside the addresses stays as it is."""
    monkeypatch.setenv("BUSINESS_CLOCK", "real")
    path = tmp_path / "env"
    with env_file(path, SETTINGS):
        assert adopt_env_file((tmp_path / "none", path)) == path
        assert _environment("DATABASE_URL") == SETTINGS["DATABASE_URL"]
        assert _environment("BUSINESS_CLOCK") == "real"


@pytest.mark.parametrize("name", ["DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_PROFILE"])
def test_who_names_a_server_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Half of one stack and half of another would be worse than a missing setting."""
    monkeypatch.setenv(name, "elsewhere")
    with env_file(tmp_path / "env", SETTINGS):
        assert adopt_env_file((tmp_path / "env",)) is None
        assert _environment("BUSINESS_CLOCK") == ""


def test_without_a_file_nothing_happens(tmp_path: Path) -> None:
    """No stack is running here."""
    assert adopt_env_file((tmp_path / "env",)) is None


def _environment(name: str) -> str:
    return os.environ[name]
