"""The policy reader: a wrong file is refused with file, line, field and reason."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from domain.policy.policy import Policy
from domain.policy.rule import Force, Verified
from policies.files import PolicyError
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY

FILES = {
    name: CHINA_POLICY.with_name(name).read_text(encoding="utf-8")
    for name in ("cn.yaml", "own-choices.yaml")
}
PROFILES = ("cn", "us-reg-f", "uk-conc", "in-rbi")


def _whole(policy: Policy) -> dict[str, Any]:
    """As the record has it: the numbers, and beside them the texts."""
    numbers: dict[str, Any] = json.loads(policy.model_dump_json())
    return numbers | {"texts": json.loads(policy.texts_json() or "null")}


def _line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def _write(folder: Path, good: str = "", bad: str = "") -> tuple[Path, Path]:
    """Both files, with one text replaced; answers with the policy and the file that has it."""
    [holds] = [name for name, text in FILES.items() if good in text][:1]
    for name, text in FILES.items():
        written = text.replace(good, bad, 1) if name == holds else text
        (folder / name).write_text(written, encoding="utf-8")
    shutil.copytree(CHINA_POLICY.with_name("texts"), folder / "texts", dirs_exist_ok=True)
    return folder / "cn.yaml", folder / holds


@pytest.mark.parametrize(
    ("good", "bad", "field", "reason"),
    [
        ("version: cn-2027-03", "version: CN 2026", "version", "must be 3 to 61 small letters"),
        ("        limit: 3\n      text: At most three conn",
         "        limit: 3.5\n      text: At most three conn",
         "contact.counters.connected_calls_per_day.value.limit", "must be a whole number"),
        ("    value: 14\n    text: A promise", "    value: -1\n    text: A promise",
         "promise.longest_days.value", "greater than or equal to 0"),
        ("      - {days_past_due: 3, channel: call,", "      - {days_past_due: 3, channel: fax,",
         "contact.ladder.value.1.channel", "'sms' or 'call'"),
        ("      - {days_past_due: 3, channel: call, template: overdue_call}",
         "      - {days_past_due: 1, channel: sms, template: overdue_notice}",
         "contact", "ladder steps must be in order"),
        ("      - {days_past_due: 3, channel: call, template: overdue_call}",
         "      - {days_past_due: 3, channel: call, template: plan_broken}",
         "contact.ladder.value.1", "a step by call says one of"),
        ('    value: {start: "09:00", end: "17:00"}', '    value: {start: "07:00", end: "17:00"}',
         "contact", "planned_hours must lie within permitted_hours"),
        ("    value: 90\n", "    value: 180\n", "visit", "from_days_past_due must be below"),
        ("time_zone: Asia/Shanghai", "time_zone: Asia/Shangai", "time_zone", "must be an IANA"),
        ("  pay_at:", "  pay_how:", "channels.pay_at", "is missing"),
        ("    value: CN\n", "    value: XX\n",
         "visit.holiday_country.value", "no holidays are known"),
        ("    value: [1, 2, 3, 4, 5, 6]", "    value: [0]",
         "visit.weekdays.value.0", "greater than"),
        ("        window: {calendar_days: 1}\n        limit: 3",
         "        window: {}\n        limit: 3",
         "contact.counters.connected_calls_per_day.value.window", "needs one of calendar_days"),
        ("        channel: sms\n", "        channel: sms\n        counted: connected\n",
         "contact.counters.messages_per_day.value", "only calls can be connected"),
        ("    force: standard\n    verified: report", "    force: standard\n    verified: memory",
         "contact.permitted_hours", "known from memory is 'enabled: false'"),
        ("    force: standard\n    verified: report",
         "    force: standard\n    verified: report\n    enabled: false",
         "contact.permitted_hours", "needs a reason"),
        ('{start: "08:00", end: "22:00"}', '{start: "08:00", end: 22}',
         "contact.permitted_hours.value.end", "must be text, in YAML in quotes"),
        ("    force: standard\n    verified: report",
         "    force: standard\n    verified: report\n    enabled: yes",
         "contact.permitted_hours.enabled", "must be true or false"),
        ('{start: "08:00", end: "22:00"}', '{start: "08:00", end: "22:00Z"}',
         "contact.permitted_hours.value.end", "without an offset"),
        ("    id: LC-VISIT-APPROVAL-VALID\n    value: 30",
         "    id: LC-VISIT-APPROVAL-VALID\n    value: 5",
         "visit.approval_valid_days.value", "no appointment would be possible"),
        ('    id: LC-REPLY-NOT-ME\n    value: "N"', '    id: LC-REPLY-NOT-ME\n    value: "NEIN"',
         "contact.reply_not_me.value", "'NEIN' would not be understood as wrong_person"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_its_line(
    tmp_path: Path, good: str, bad: str, field: str, reason: str
) -> None:
    """`file:line: field: reason`, so that an editor can go there: in the profile or its base."""
    path, changed = _write(tmp_path, good, bad)
    with pytest.raises(PolicyError) as refused:
        read_policy(path)
    lines = [line for line in str(refused.value).splitlines() if f": {field}: " in line]
    [line] = lines
    assert reason in line
    parts = ["- {" if part.isdigit() else part for part in field.split(".")]
    file, number, _ = line.split(":", 2)
    source = Path(file).read_text(encoding="utf-8").splitlines()[int(number) - 1]
    # The line of the field itself, or of the deepest part of its path that the file has.
    assert any(part in source for part in parts[-2:])
    # What is wrong between several parts is shown where the profile names the section.
    assert Path(file) == changed or field in ("contact", "visit")


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    """Two mistakes, two lines."""
    path, _ = _write(tmp_path, "language: zh", "language: fr")
    path.write_text(path.read_text().replace('  pay_at: "', '  payat: "', 1))
    with pytest.raises(PolicyError) as refused:
        read_policy(path)
    assert len(str(refused.value).splitlines()) == 3  # one missing, one unknown, one wrong
    line = _line_of(FILES["cn.yaml"], "language: zh")
    assert f"{path}:{line}: language: " in str(refused.value)


def test_what_is_said_twice_is_named(tmp_path: Path) -> None:
    """YAML would let the last one win, here three hundred calls a day."""
    path, _ = _write(tmp_path, "        limit: 3\n", "        limit: 3\n        limit: 300\n")
    line = _line_of(path.read_text(), "        limit: 300")
    with pytest.raises(PolicyError, match=f"{path}:{line}: limit: is said twice"):
        read_policy(path)


@pytest.mark.parametrize("profile", PROFILES)
def test_shipped_profile_is_valid_and_says_what_it_rests_on(profile: str) -> None:
    """Whatever is known from memory only binds nobody; what has no source is the bank's own."""
    policy = read_policy(CHINA_POLICY.with_name(f"{profile}.yaml"))
    assert policy.profile == profile
    sections = (policy.promise, policy.visit, policy.plan, policy.aftercare)
    rules = [rule for section in sections for _, rule in section if rule is not None]
    for rule in (*policy.contact.rules(), policy.contact.ladder, *rules):
        assert rule.enabled or rule.reason
        assert (rule.force is Force.BANK) == (rule.verified is Verified.OWN)
        assert rule.force is not Force.BANK or "own choice" in rule.source or rule.id == "CN-17"
        assert rule.verified is not Verified.MEMORY or not rule.enabled


def test_stored_policy_has_the_same_fingerprint(policy: Policy) -> None:
    """Postgres gives the fields back in another order."""
    stored = json.dumps(_whole(policy), sort_keys=True)
    assert fingerprint(Policy.model_validate_json(stored)) == fingerprint(policy)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"a: [", "not YAML"),
        (b"\xff\xfe\xfa", "not YAML"),
        (b"- a", "not a policy"),
        (b"? [a]\n: 1", "not YAML"),
    ],
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
    assert fingerprint(Policy.model_validate(_whole(policy))) == fingerprint(policy)
    assert fingerprint(policy.model_copy(update={"language": "en"})) != fingerprint(policy)


def test_own_choices_say_so(policy: Policy) -> None:
    """A number without an outside rule claims none."""
    rule = policy.visit.cooling_days
    with pytest.raises(ValueError, match="an own choice says so"):
        type(rule).model_validate(rule.model_dump() | {"force": "law"})


@pytest.mark.parametrize("number", ["014", "0o14", "1_4", "-014", "0x14"])
def test_number_that_yaml_reads_in_two_ways_is_refused(tmp_path: Path, number: str) -> None:
    """To older readers 014 is twelve: one line says where it stands."""
    good = "    value: 14\n    text: A promise"
    path, file = _write(tmp_path, good, good.replace("14", number))
    with pytest.raises(PolicyError) as caught:
        read_policy(path)
    line = _line_of(file.read_text(encoding="utf-8"), f"value: {number}")
    assert str(caught.value) == f"{file}:{line}: {number}: YAML reads it in two ways"


def test_plain_words_are_text(tmp_path: Path) -> None:
    """By YAML 1.2: a time without quotes, and Norway, which is not `false`."""
    good = '{start: "08:00", end: "22:00"}'
    path, _ = _write(tmp_path, good, "{start: 08:00, end: 22:00}")
    assert read_policy(path) == read_policy(CHINA_POLICY)
    path, _ = _write(tmp_path, "    value: CN\n", "    value: NO\n")
    assert read_policy(path).visit.holiday_country.value == "NO"


def test_day_that_there_is_not_is_named_with_its_line(tmp_path: Path) -> None:
    """It is text to the reader, and no day to the policy."""
    path, file = _write(
        tmp_path, "    verified: report\n", "    verified: report\n    effective_from: 2026-02-30\n"
    )
    with pytest.raises(PolicyError) as caught:
        read_policy(path)
    assert str(caught.value).startswith(f"{file}:")
    assert "\n" not in str(caught.value)
