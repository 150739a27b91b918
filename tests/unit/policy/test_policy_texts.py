"""The texts of a policy: read from the files it names, checked, and part of what it is."""

import json
import shutil
from pathlib import Path

import pytest

from commands.ops.policy.check import check
from commands.ops.policy.diff import describe_change, diff
from commands.ops.policy.show import describe_policy
from domain.messages.templates import Template
from domain.messages.texts import spoken_in
from domain.policy.changes import changes_between
from domain.policy.policy import Policy
from policies.files import PolicyError
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY
from tests.support.shipped_texts import TEXTS

OWN = "extends: zh.yaml\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A lender's own policy with texts of its own, which extend the shipped ones."""
    for name in ("cn.yaml", "own-choices.yaml"):
        shutil.copy(CHINA_POLICY.with_name(name), tmp_path)
    shutil.copytree(CHINA_POLICY.with_name("texts"), tmp_path / "texts")
    (tmp_path / "texts/own.yaml").write_text(OWN, "utf-8")
    file = tmp_path / "cn.yaml"
    file.write_text(f"{file.read_text('utf-8')}\ntexts: {{zh: texts/own.yaml}}\n", "utf-8")
    return file


def _say(policy_file: Path, words: str) -> Path:
    texts = policy_file.with_name("texts") / "own.yaml"
    texts.write_text(OWN + words, "utf-8")
    return texts


def test_lender_says_only_what_is_otherwise(own: Path, policy: Policy) -> None:
    """One piece changes every text that has it; the rest is as shipped."""
    assert fingerprint(read_policy(own)) == fingerprint(policy)
    _say(own, 'pieces: {hello: "{lender}：{name}，您好，"}\n')
    texts = read_policy(own).texts
    assert texts is not None
    assert texts["zh"].messages[Template.PAID_NOTICE].startswith("{lender}：{name}，您好，本次")
    assert texts["zh"].messages[Template.LOCATE_CALL] == TEXTS["zh"].messages[Template.LOCATE_CALL]
    assert texts["en"] == TEXTS["en"]


@pytest.mark.parametrize(
    ("words", "field", "reason"),
    [
        ("  locate_call: \"{lender} {name} {hotline} {amount}\"", "messages.locate_call",
         "says a parameter that its template does not declare: amount"),
        ("  locate_call: \"{lender} {name}\"", "messages.locate_call",
         "leaves out a parameter that its template declares: hotline"),
        ("  locate_call: \"{lender} {name} {hotline}[penalty: 罚息]\"", "messages.locate_call",
         "says a fact that its template does not declare: penalty"),
        ("  locate_message: \"{lender} {name} {hotline} {not_me}\"", "messages.locate_message",
         "leaves out a fact that its template declares: not_me"),
        ("  locate_call: \"{lender} {name} {hotline}[罚息]\"", "messages.locate_call",
         "has a part in brackets that names no fact"),
        ("  locate_call: \"{lender} {name} {hotline} {\"", "messages.locate_call",
         "cannot be filled in"),
        ("  locate_call: \"{lender} {name} {hotline.x}\"", "messages.locate_call",
         "does not declare: hotline.x"),
        ("  locate_call: \"{lender} {name} {hotline:>9}\"", "messages.locate_call",
         "a parameter is a name in braces"),
        ("  greeting: \"{lender}\"", "messages.greeting", "must be"),
        ("  locate_call: \"<owing>\"", "<owing>", "is no piece"),
    ],
)  # fmt: skip
def test_wrong_text_is_named_with_its_line(own: Path, words: str, field: str, reason: str) -> None:
    """In the file of texts, not in the policy that names it."""
    texts = _say(own, f"messages:\n{words}\n")
    with pytest.raises(PolicyError) as refused:
        read_policy(own)
    [line] = [line for line in str(refused.value).splitlines() if field in line]
    assert line.startswith(f"{texts}:3: ")
    assert reason in line


def test_text_that_is_missing_is_named(own: Path) -> None:
    """A file that stands alone has to have them all; so has each language a file."""
    texts = own.with_name("texts") / "zh.yaml"
    words = texts.read_text("utf-8")
    start = words.index("  locate_call:")
    texts.write_text(words[:start] + words[words.index("\n", start) + 1 :], "utf-8")
    with pytest.raises(PolicyError, match=r"texts.zh.messages.locate_call: is missing"):
        read_policy(own)
    own.write_text(own.read_text("utf-8").replace("extends: own", "extends: texts/../own"), "utf-8")
    base = own.with_name("own-choices.yaml")
    base.write_text(base.read_text("utf-8").replace("  en: texts/en.yaml\n", ""), "utf-8")
    texts.write_text(words, "utf-8")
    with pytest.raises(PolicyError, match=r"texts: a file of texts is needed in en "):
        read_policy(own)


def test_texts_are_in_the_language_they_are_named_for(own: Path) -> None:
    """Else everybody would be written to in another."""
    own.write_text(own.read_text("utf-8").replace("texts/own.yaml", "texts/en.yaml"), "utf-8")
    with pytest.raises(PolicyError, match=r"en.yaml:\d+: texts.zh: are texts in en"):
        read_policy(own)


def test_piece_that_no_text_uses_is_named(own: Path) -> None:
    """Whoever misspells one would otherwise change nothing, and not know it."""
    _say(own, "pieces: {helo: Hi}\n")
    with pytest.raises(PolicyError, match=r"own.yaml:2: pieces.helo: no text uses it"):
        read_policy(own)


@pytest.mark.parametrize(
    ("words", "field", "reason"),
    [
        ("pieces: {ask: \"否则法院见，{hotline}，{complaint_hotline}\"}",
         "messages.visit_invitation", "says what no text may say: 法院"),
        ("pieces: {hello: \"{lender}公安机关：{name}，\"}",
         "messages.overdue_notice", "says what no text may say: 公安"),
        ("messages: {locate_call: \"{lender}{hotline}，{name}欠款\"}",
         "messages.locate_call", "tells of a debt to whoever may be somebody else: 欠"),
        ("call_opening: \"{lender}，{name}，您已逾期。\"",
         "call_opening", "tells of a debt to whoever may be somebody else: 逾期"),
        ("pieces: {end: \"" + "啊" * 300 + "[stop: 退订请回复{stop}。]\"}",
         "messages.paid_notice", "segments"),
    ],
)  # fmt: skip
async def test_check_reads_each_text_as_a_borrower_would(
    own: Path, words: str, field: str, reason: str
) -> None:
    """A threat, a false authority, a debt told to anybody, a text too long: with its line."""
    assert await check(own, is_for_demo=True) == 0
    _say(own, words)
    with pytest.raises(PolicyError) as refused:
        await check(own, is_for_demo=True)
    lines = [line for line in str(refused.value).splitlines() if f": texts.zh.{field}: " in line]
    assert len(lines) == 1
    assert reason in lines[0]


def test_changed_text_is_another_policy(own: Path, policy: Policy) -> None:
    """With another fingerprint, and a line in the comparison."""
    _say(own, 'call_after_no: "打扰了。"\n')
    changed = read_policy(own)
    assert fingerprint(changed) != fingerprint(policy)
    [change] = changes_between(policy, changed)
    assert describe_change(change).startswith("texts.zh.call_after_no: 打扰了，我们会核对号码")
    assert describe_change(change).endswith(" becomes 打扰了。")
    lines = list(describe_policy(changed))
    assert lines[lines.index("texts.zh.call_after_no") + 1] == "    打扰了。"


async def test_texts_that_cannot_be_compared_are_said_to_be_so(
    policy: Policy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One policy names none, as those stored before; of two such the texts are the same."""
    before = policy.model_copy(update={"version": "cn-before", "texts": None})
    stored = {"cn-before": before, "cn": before.model_copy(update={"texts": policy.texts})}

    async def _stored(version: str) -> Policy:
        return stored[version]

    monkeypatch.setattr("commands.ops.policy.diff.find_policy", _stored)
    for old, new in (("cn-before", "cn"), ("cn", "cn-before")):
        assert await diff(old, new) == 1
        [line] = [each for each in capsys.readouterr().out.splitlines() if "compared" in each]
        assert line.startswith("texts were not compared: cn-before names none")
    assert await diff("cn-before", "cn-before") == 0
    assert "compared" not in capsys.readouterr().out


def test_texts_do_not_travel_with_a_policy(policy: Policy) -> None:
    """What a case is given stays as small as it was, whoever writes it down."""
    assert "texts" not in json.loads(policy.model_dump_json())
    assert policy.texts is not None
    assert Policy.model_validate_json(policy.model_dump_json()).texts is None


def test_order_of_the_record_does_not_change_the_fingerprint(policy: Policy) -> None:
    """The database gives texts back in another order."""
    kept = json.loads(policy.texts_json() or "")
    backwards = dict(reversed([
        (language, spoken | {"messages": dict(reversed(spoken["messages"].items()))})
        for language, spoken in kept.items()
    ]))  # fmt: skip
    content = {**json.loads(policy.model_dump_json()), "texts": backwards}
    assert fingerprint(Policy.model_validate(content)) == fingerprint(policy)


def test_template_that_is_younger_than_a_policy_has_the_words_of_the_current_one() -> None:
    """What the case is pinned to comes first."""
    english = TEXTS["en"]
    older = english.model_copy(update={
        "messages": {Template.PAID_NOTICE: "Paid, as it was said then."}
    })  # fmt: skip
    both = [{"en": older}, TEXTS]
    assert spoken_in("en", Template.PAID_NOTICE, both) is older  # type: ignore[arg-type]
    assert spoken_in("en", Template.VISIT_NOT_MADE, both) is english  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="no text of paid_notice in zh"):
        spoken_in("zh", Template.PAID_NOTICE, [{"en": older}])
