"""What the pages say is there, is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.audit import CHECKS, PROMISED

PAGES = sorted(
    str(page.relative_to(root))
    for root in [Path(__file__).parents[2]]
    for page in [*root.glob("*.md"), *root.glob("docs/**/*.md"), root / "tests/replay/README.md"]
)
# A path that a page names in backquotes; one of ours begins with a folder of the checkout.
_NAMED = re.compile(r"`(\w+/[\w./-]*)`")
_ALONE = re.compile(r"`(\w+\.(?:py|pyi|sql|yaml))`")  # a file beside the one named before it
_COMMAND = re.compile(r"\bmake ([a-z][a-z-]*)\b(?= |`|$)", re.MULTILINE)
_IN_CODE = re.compile(r"`[^`\n]+`|^ *```\w*\n.*?^ *```", re.MULTILINE | re.DOTALL)
TO_BE_WRITTEN = {"gateways/example.py"}  # by whoever follows the page
_LINKED = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def _paths(repository: Path, page: Path) -> Iterator[Path]:
    text = page.read_text("utf-8")
    named = set(_NAMED.findall(text)) - TO_BE_WRITTEN
    yield from (repository / path for path in named if (repository / Path(path).parts[0]).exists())
    yield from (page.parent / link for link in _LINKED.findall(text))


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(repository: Path, page: str) -> None:
    """A path that has moved sends its reader nowhere."""
    missing = [str(path) for path in _paths(repository, repository / page) if not path.exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_without_its_folder_exists(
    repository: Path, page: str
) -> None:
    """Somewhere among ours: `case_end.py`, say."""
    skipped = {".venv", ".venv-deploy", ".venv-peers", ".git", ".local"}
    folders = [each for each in repository.iterdir() if each.is_dir() and each.name not in skipped]
    ours = {file.name for folder in folders for file in folder.rglob("*.*")}
    ours |= {file.name for file in repository.glob("*.*")}
    assert set(_ALONE.findall((repository / page).read_text("utf-8"))) - ours == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_make_command_of_a_page_exists(repository: Path, page: str) -> None:
    """As it stands in the Makefile."""
    makefile = (repository / "Makefile").read_text("utf-8")
    code = " ".join(_IN_CODE.findall((repository / page).read_text("utf-8")))
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(_COMMAND.findall(code)) - targets == set()


def test_the_architecture_page_knows_every_room(repository: Path) -> None:
    """Every folder at the top, and no other: a newcomer looks there for the place of a file."""
    page = (repository / "docs/architecture.md").read_text("utf-8")
    [rooms] = re.findall(r"^```\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    packages = {file.parent.name for file in repository.glob("*/__init__.py")}
    assert set(re.findall(r"\b([a-z]+)/(?=\s)", rooms)) == packages | {"deploy", "tests"}


def test_the_audit_says_what_is_promised_in_the_words_of_its_page(repository: Path) -> None:
    """Of what it checks; that each open case has its run is asked of the engine."""
    page = (repository / "docs/guarantees.md").read_text("utf-8")
    told = dict(re.findall(r"^\| (G\d+) \| ([^|]+) \|", page, re.MULTILINE))
    assert {each: told[each] for each in CHECKS} == PROMISED
