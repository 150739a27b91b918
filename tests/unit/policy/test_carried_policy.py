"""What a run carries of its policy: all that it decides by, and none of the words."""

import json
import zlib
from base64 import b64decode
from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.policy.carried import CarriedPolicy
from domain.policy.changes import rules_of
from domain.policy.policy import Policy
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY
from tests.support.replay.catalogue import activity_results, read_history, recorded

CARRIED: TypeAdapter[Policy] = TypeAdapter(CarriedPolicy)


def _decided_by(policy: Policy) -> list[tuple[Any, ...]]:
    return [(rule.path, rule.rule_id, rule.value, rule.limits) for rule in rules_of(policy)]


def _policies_of_before() -> list[Any]:
    found = {
        payload.value["policy"]["version"]: payload.value["policy"]
        for file in recorded()
        for payload in activity_results(read_history(file))
        if payload.activity == "take_up_case" and "packed" not in payload.value["policy"]
    }
    return list(found.values())


def test_what_a_run_decides_by_is_carried(policy: Policy) -> None:
    """Each rule's id, value and days; nothing of its text."""
    written = CARRIED.dump_json(policy)
    carried = CARRIED.validate_json(written)
    assert _decided_by(carried) == _decided_by(policy)
    assert carried.version == policy.version
    assert len(written) < len(policy.model_dump_json()) / 10
    assert {rule.text for rule in rules_of(carried)} == {""}


def test_it_is_carried_on_as_it_came(policy: Policy) -> None:
    """To the watch over its complaints, for one."""
    carried = CARRIED.validate_json(CARRIED.dump_json(policy))
    assert CARRIED.validate_json(CARRIED.dump_json(carried)) == carried


def test_run_of_before_reads_the_same_part() -> None:
    """So that one copy in memory serves the runs of both."""
    for before in _policies_of_before():
        whole = Policy.model_validate(before)
        carried = CARRIED.validate_python(before)
        assert _decided_by(carried) == _decided_by(whole)
        assert CARRIED.validate_json(CARRIED.dump_json(whole)) == carried


def test_one_copy_serves_all_that_carry_it(policy: Policy) -> None:
    """Read once, for however many runs."""
    written = CARRIED.dump_json(policy)
    assert CARRIED.validate_json(written) is CARRIED.validate_json(written)


def test_release_before_reads_it(policy: Policy) -> None:
    """Since 0.3.0: beside the version, JSON that is packed. A run of 0.2.0 carries it open."""
    written = CARRIED.dump_python(policy)
    open_one = json.loads(zlib.decompress(b64decode(written["packed"])))
    assert written.keys() == {"version", "packed"}
    assert written["version"] == open_one["version"] == policy.version
    assert _decided_by(Policy.model_validate(open_one)) == _decided_by(policy)
    assert CARRIED.validate_python(open_one) == CARRIED.validate_python(written)


@pytest.mark.parametrize(
    "file",
    [CHINA_POLICY.parent / name for name in ("uk-conc.yaml", "us-reg-f.yaml")],
    ids=lambda file: file.name,
)
def test_other_profiles_are_carried(file: Any) -> None:
    """Rules that are disabled or lapse do so in a run, too."""
    policy = read_policy(file)
    assert _decided_by(CARRIED.validate_json(CARRIED.dump_json(policy))) == _decided_by(policy)
