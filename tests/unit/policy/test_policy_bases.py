"""What a policy file takes from the files it extends, and what it says for itself."""

import shutil
import textwrap
from pathlib import Path

import pytest

from policies.files import PolicyError
from policies.reader import fingerprint, read_policy, refuse_placeholders
from runtime.settings import CHINA_POLICY

OWN = """\
extends: cn.yaml
version: our-bank-2027-01
promise:
  longest_days:
    {id: OB-PROMISE, value: 7, text: A week., source: own choice, force: bank, verified: own}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped Chinese policy, and a lender's own file beside it."""
    for name in ("cn.yaml", "own-choices.yaml"):
        shutil.copy(CHINA_POLICY.with_name(name), tmp_path)
    shutil.copytree(CHINA_POLICY.with_name("texts"), tmp_path / "texts")
    (tmp_path / "own.yaml").write_text(OWN, "utf-8")
    return tmp_path


def _replace(file: Path, good: str, bad: str) -> None:
    text = file.read_text("utf-8")
    assert good in text
    file.write_text(text.replace(good, bad, 1), "utf-8")


def test_profile_can_be_extended(folder: Path) -> None:
    """A lender says what is otherwise; all else is the profile's, and its base's."""
    shipped, own = read_policy(folder / "cn.yaml"), read_policy(folder / "own.yaml")
    assert own.promise.longest_days.id == "OB-PROMISE"
    assert own.version == "our-bank-2027-01"
    promise = own.promise.model_copy(update={"longest_days": shipped.promise.longest_days})
    same = own.model_copy(update={"version": shipped.version, "promise": promise})
    assert fingerprint(same) == fingerprint(shipped)


def test_example_of_the_page_can_be_used_as_it_stands(folder: Path, repository: Path) -> None:
    """Whoever copies it has a policy without placeholders."""
    page = (repository / "docs/changing-a-policy.md").read_text("utf-8")
    example = page.split("```yaml\n", 1)[1].split("```", 1)[0]
    own = folder / "our-bank.yaml"
    own.write_text(textwrap.dedent(example), "utf-8")
    policy = read_policy(own)
    refuse_placeholders(policy, own)
    assert policy.visit.from_days_past_due.value == 120


def test_mistake_in_a_base_names_the_file_it_is_in(folder: Path) -> None:
    """Whoever mends it has to know where."""
    _replace(folder / "cn.yaml", "language: zh", "language: fr")
    with pytest.raises(PolicyError) as refused:
        read_policy(folder / "own.yaml")
    [line] = str(refused.value).splitlines()
    assert line.startswith(f"{folder / 'cn.yaml'}:")
    assert ": language: " in line


def test_version_is_not_taken_from_a_base(folder: Path) -> None:
    """Other numbers would go by the name of the shipped ones."""
    _replace(folder / "own.yaml", "version: our-bank-2027-01\n", "")
    with pytest.raises(PolicyError) as refused:
        read_policy(folder / "own.yaml")
    assert str(refused.value) == f"{folder / 'own.yaml'}:1: version: is missing"


@pytest.mark.parametrize("base", ["own.yaml", "./own.yaml", "[cn.yaml]"])
def test_base_is_the_name_of_another_file(folder: Path, base: str) -> None:
    """Neither itself nor a list."""
    _replace(folder / "own.yaml", "extends: cn.yaml", f"extends: {base}")
    with pytest.raises(PolicyError) as refused:
        read_policy(folder / "own.yaml")
    expected = f"{folder / 'own.yaml'}:1: extends: must name another file, and none that extends"
    assert str(refused.value).startswith(expected)


def test_circle_of_bases_is_named_where_it_closes(folder: Path) -> None:
    """And nothing else is said of files that say nothing yet."""
    _replace(folder / "cn.yaml", "extends: own-choices.yaml", "extends: own.yaml")
    with pytest.raises(PolicyError) as refused:
        read_policy(folder / "own.yaml")
    [line] = str(refused.value).splitlines()
    assert line.startswith(f"{folder / 'cn.yaml'}:")
    assert "extends: must name another file" in line


def test_base_that_is_missing_is_named(folder: Path) -> None:
    """A profile taken out of its folder says what it lacks."""
    base = folder / "own-choices.yaml"
    base.unlink()
    with pytest.raises(PolicyError, match=f"{base}: No such file"):
        read_policy(folder / "cn.yaml")


def test_rule_is_taken_over_as_a_whole(folder: Path) -> None:
    """A number never stands beside the source of another one."""
    with (folder / "own.yaml").open("a") as file:
        file.write("aftercare:\n  legal_review_days:\n    value: 3\n")
    with pytest.raises(PolicyError) as refused:
        read_policy(folder / "own.yaml")
    assert "aftercare.legal_review_days.source: is missing" in str(refused.value)
