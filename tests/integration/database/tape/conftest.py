"""A database that tapes are imported into."""

from pathlib import Path

import pytest

from tests.support.tapes.importer import Importer


@pytest.fixture
def importer(database_url: str, tmp_path: Path) -> Importer:
    """Fresh and empty."""
    return Importer(database_url, tmp_path)
