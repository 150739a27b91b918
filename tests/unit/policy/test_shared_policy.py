"""Cases that are pinned to one policy share one in a worker's memory."""

from domain.policy.policy import Policy, interned


def test_equal_policy_is_kept_once(policy: Policy) -> None:
    """As read from two histories; under a name that no other test has in memory."""
    policy = policy.model_copy(update={"version": "cn-shared"})
    one = interned(Policy.model_validate_json(policy.model_dump_json()))
    assert interned(Policy.model_validate_json(policy.model_dump_json())) is one


def test_other_numbers_of_the_same_version_stay_apart(policy: Policy) -> None:
    """A replay decides by what its own history says."""
    policy = policy.model_copy(update={"version": "cn-apart"})
    one = interned(policy)
    other = policy.model_copy(update={"time_zone": "UTC"})
    assert interned(other) is other
    assert interned(policy) == one
