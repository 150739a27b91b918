"""The faults that `make image-test-faults` plants can be planted."""

import shutil
from pathlib import Path

import pytest

from tests.support.images.faults import FAULTS
from tests.support.images.steps import STEPS


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_the_files(name: str, repository: Path, tmp_path: Path) -> None:
    """What is planted is found in them, and a step of the run is to find it."""
    shutil.copy(repository / "docker-compose.yml", tmp_path)
    shutil.copytree(repository / "deploy", tmp_path / "deploy")
    before = _texts(tmp_path)

    FAULTS[name].plant(tmp_path)

    assert _texts(tmp_path) != before
    assert FAULTS[name].red in STEPS


def _texts(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
