"""The policy reader: a wrong file is refused with file, line, field and reason."""

from pathlib import Path

import pytest

from domain.policy import Policy
from policies.reader import PolicyError, fingerprint, read_policy
from settings import CHINA_POLICY

TEXT = CHINA_POLICY.read_text(encoding="utf-8")


def _line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("good", "bad", "field", "reason"),
    [
        ("version: cn-2026-11", "version: CN 2026", "version", "should match pattern"),
        ("    value: 3\n    text: At most three", "    value: 3.5\n    text: At most three",
         "contact.connected_calls_per_day.value", "valid integer"),
        ("    value: 14\n    text: A promise", "    value: -1\n    text: A promise",
         "promise.longest_days.value", "greater than or equal to 0"),
        ("      - {days_past_due: 3, channel: call,", "      - {days_past_due: 3, channel: fax,",
         "contact.ladder.value.1.channel", "'sms' or 'call'"),
        ("      - {days_past_due: 3, channel: call,", "      - {days_past_due: 1, channel: sms,",
         "contact", "ladder steps must be in order"),
        ('    value: {start: "09:00", end: "17:00"}', '    value: {start: "07:00", end: "17:00"}',
         "contact", "planned_hours must lie within permitted_hours"),
        ("    value: 90\n", "    value: 180\n", "visit", "from_days_past_due must be below"),
        ("  pay_at:", "  pay_how:", "channels.pay_at", "Field required"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_its_line(
    tmp_path: Path, good: str, bad: str, field: str, reason: str
) -> None:
    """`file:line: field: reason`, so that an editor can go there."""
    assert good in TEXT
    path = tmp_path / "policy.yaml"
    text = TEXT.replace(good, bad, 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        read_policy(path)
    lines = [line for line in str(refused.value).splitlines() if f": {field}: " in line]
    [line] = lines
    assert reason in line
    parts = ["- {" if part.isdigit() else part for part in field.split(".")]
    number = int(line.removeprefix(f"{path}:").partition(":")[0])
    source = text.splitlines()[number - 1]
    # The line of the field itself, or of the deepest part of its path that the file has.
    assert any(part in source for part in parts[-2:])


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    """Two mistakes, two lines."""
    path = tmp_path / "policy.yaml"
    path.write_text(TEXT.replace("language: zh", "language: fr").replace("pay_at", "payat"))
    with pytest.raises(PolicyError) as refused:
        read_policy(path)
    assert len(str(refused.value).splitlines()) == 3  # one missing, one unknown, one wrong
    assert f"{path}:{_line_of(TEXT, 'language: zh')}: language: " in str(refused.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "the file is empty"), (b"a: [", "not YAML"), (b"\xff\xfe\xfa", "not YAML")],
)
def test_file_that_is_no_policy_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """With one line that names the file."""
    path = tmp_path / "policy.yaml"
    path.write_bytes(content)
    with pytest.raises(PolicyError, match=reason):
        read_policy(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    """With the system's own words."""
    with pytest.raises(PolicyError, match="No such file"):
        read_policy(tmp_path / "none.yaml")


def test_fingerprint_is_of_the_content(policy: Policy) -> None:
    """Comments do not change it, a number does."""
    assert fingerprint(Policy.model_validate_json(policy.model_dump_json())) == fingerprint(policy)
    assert fingerprint(policy.model_copy(update={"language": "en"})) != fingerprint(policy)


def test_own_choices_say_so(policy: Policy) -> None:
    """A number without an outside rule claims none."""
    rule = policy.visit.cooling_days
    with pytest.raises(ValueError, match="an own choice says so"):
        type(rule).model_validate(rule.model_dump() | {"force": "law"})
