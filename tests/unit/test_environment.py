"""`environment.sh` with Pythons that only pretend: whatever went wrong, the next call mends it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

# What the script asks a Python for, answered by a shell script.
PYTHON = """#!/bin/sh
case "$*" in
*version_info\\[:2\\]*) echo {version} ;;
*"< (3, 11)"*) exit {is_old} ;;
*ensurepip*) exit {has_no_venv} ;;
"-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo venv >>calls ;;
"-m pip "*) echo pip >>calls; while [ -e held ]; do sleep 0.05; done; exit ${{PIP_ENDS_WITH:-0}} ;;
esac
"""
NAMES = ("python3", "python3.13", "python3.12", "python3.11")


class Checkout:
    """A directory with the script and lock files, and Pythons before all others on the path."""

    def __init__(self, directory: Path, repository: Path) -> None:
        self._directory = directory
        shutil.copy(repository / "environment.sh", directory)
        (directory / "requirements").mkdir()
        for name in ("app.lock", "dev.lock"):
            (directory / "requirements" / name).touch()
        (directory / "bin").mkdir()
        self.stamp = directory / ".venv" / "installed"

    def install_python(
        self,
        version: str,
        *,
        is_old: bool = False,
        has_venv: bool = True,
        names: tuple[str, ...] = NAMES,
    ) -> None:
        """What `python3` and its brothers are from now on."""
        text = PYTHON.format(version=version, is_old=int(is_old), has_no_venv=int(not has_venv))
        for name in names:
            python = self._directory / "bin" / name
            python.write_text(text)
            python.chmod(0o755)

    def make(self, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Call the script."""
        making = self.begin(**environment)
        said, complained = making.communicate()
        return subprocess.CompletedProcess(making.args, making.returncode, said, complained)

    def begin(self, **environment: str) -> "subprocess.Popen[str]":
        """Call the script, and do not wait for its end."""
        path = f"{self._directory / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.Popen(  # noqa: S603  (our own script)
            [self._directory / "environment.sh"],
            env={"PATH": path, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def calls(self) -> list[str]:
        """What was built since the last question."""
        log = self._directory / "calls"
        said = log.read_text().split() if log.exists() else []
        log.unlink(missing_ok=True)
        return said


@pytest.fixture
def checkout(tmp_path: Path, repository: Path) -> Checkout:
    checkout = Checkout(tmp_path, repository)
    checkout.install_python("3.12")
    return checkout


def test_is_built_once(checkout: Checkout) -> None:
    """A whole environment is left as it is."""
    assert checkout.make().returncode == 0
    assert checkout.calls() == ["venv", "pip"]
    assert checkout.stamp.read_text() == "3.12\n"
    assert checkout.make().returncode == 0
    assert checkout.calls() == []


def test_a_build_that_was_cut_is_begun_anew(checkout: Checkout) -> None:
    """Without the stamp, whatever stands there is not believed."""
    assert checkout.make(PIP_ENDS_WITH="1").returncode == 2
    assert not checkout.stamp.exists()
    checkout.calls()
    assert checkout.make().returncode == 0
    assert checkout.calls() == ["venv", "pip"]


def test_a_stamp_without_a_version_is_not_believed(checkout: Checkout) -> None:
    """It was written by something else."""
    checkout.make()
    checkout.calls()
    checkout.stamp.write_text("")
    assert checkout.make().returncode == 0
    assert checkout.calls() == ["venv", "pip"]


def test_new_locks_are_installed_into_what_is_there(checkout: Checkout, tmp_path: Path) -> None:
    """Newer lock files take no new environment."""
    checkout.make()
    checkout.calls()
    os.utime(checkout.stamp, (0, 0))
    assert checkout.make().returncode == 0
    assert checkout.calls() == ["pip"]


def test_another_python_inside_builds_anew(checkout: Checkout, tmp_path: Path) -> None:
    """The interpreter that the environment points to was exchanged, or is gone."""
    checkout.make()
    checkout.calls()
    (tmp_path / ".venv" / "bin" / "python").unlink()
    assert checkout.make().returncode == 0
    assert checkout.calls() == ["venv", "pip"]


@pytest.mark.skipif(shutil.which("flock") is None, reason="without flock nobody waits")
def test_two_at_once_build_it_once(checkout: Checkout, tmp_path: Path) -> None:
    """`make demo` and `make test` in two terminals: the second waits, says so, and finds it."""
    held = tmp_path / "held"
    held.touch()
    first = checkout.begin()
    assert first.stdout is not None
    assert "a new one" in first.stdout.readline()
    second = checkout.begin()
    assert second.stdout is not None
    assert "another `make` builds it; waiting" in second.stdout.readline()

    held.unlink()

    first.communicate()
    assert second.communicate() == ("", "")
    assert (first.returncode, second.returncode) == (0, 0)
    assert checkout.calls() == ["venv", "pip"]


def test_an_old_python_is_told(checkout: Checkout) -> None:
    """In words, with the version that was found, before anything is built."""
    checkout.install_python("3.9", is_old=True)
    made = checkout.make()
    assert made.returncode == 2
    assert "error: Python 3.11 or newer with its venv module is needed" in made.stderr
    assert "python3 is Python 3.9" in made.stderr
    assert checkout.calls() == []


def test_a_missing_venv_module_is_told(checkout: Checkout) -> None:
    """With the package that has it."""
    checkout.install_python("3.12", has_venv=False)
    made = checkout.make()
    assert made.returncode == 2
    assert "python3 has no venv module (on Debian: apt install python3.12-venv)" in made.stderr
    assert checkout.calls() == []


def test_a_newer_python_beside_an_old_one_is_taken(checkout: Checkout) -> None:
    """The first that will do."""
    checkout.install_python("3.9", is_old=True, names=("python3",))
    assert checkout.make().returncode == 0
    assert checkout.calls() == ["venv", "pip"]
