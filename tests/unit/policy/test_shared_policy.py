"""Cases that are pinned to one policy share one in a worker's memory."""

from domain.policy.policy import Policy, shared


def test_equal_policy_is_kept_once(policy: Policy) -> None:
    """As read from two histories."""
    one = shared(Policy.model_validate_json(policy.model_dump_json()))
    assert shared(Policy.model_validate_json(policy.model_dump_json())) is one


def test_other_numbers_of_the_same_version_stay_apart(policy: Policy) -> None:
    """A replay decides by what its own history says."""
    one = shared(policy)
    other = policy.model_copy(update={"time_zone": "UTC"})
    assert shared(other) is other
    assert shared(policy) == one
