"""What the pages say is there, is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGES = sorted(
    str(page.relative_to(root))
    for root in [Path(__file__).parents[2]]
    for page in [*root.glob("*.md"), *root.glob("docs/**/*.md"), root / "tests/replay/README.md"]
)
# A file of ours that a page names in backquotes: a folder of the checkout, then a path.
_NAMED = re.compile(
    r"`((?:activities|commands|database|demo|deploy|docs|documents|domain|embedded|gateways|policies"
    r"|runtime|temporal|tests|workflows)/[\w./-]*)`"
)
TO_BE_WRITTEN = {"gateways/example.py"}  # by whoever follows the page
_LINKED = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def _paths(repository: Path, page: Path) -> Iterator[Path]:
    text = page.read_text("utf-8")
    yield from (repository / path for path in _NAMED.findall(text) if path not in TO_BE_WRITTEN)
    yield from (page.parent / link for link in _LINKED.findall(text))


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(repository: Path, page: str) -> None:
    """A path that has moved sends its reader nowhere."""
    missing = [str(path) for path in _paths(repository, repository / page) if not path.exists()]
    assert missing == []
