"""What operations filter by is published when it changes."""

from domain.case.state import Stage
from domain.policy.policy import Policy
from tests.support.situations import situation
from workflows.desk.filters import Filters, attributes_of


def test_a_run_publishes_all_at_first(policy: Policy) -> None:
    """Whatever the run before left."""
    now = situation(policy)
    assert Filters().changes(now) == attributes_of(now)


def test_what_has_not_changed_is_not_published_again(policy: Policy) -> None:
    """But for the stage: an upsert says something."""
    filters = Filters()
    filters.changes(situation(policy))
    again = filters.changes(situation(policy))
    assert [update.key.name for update in again] == ["CollectionStage"]


def test_what_has_changed_is_published(policy: Policy) -> None:
    """Also when it changes back."""
    filters = Filters()
    filters.changes(situation(policy))
    moved = situation(policy, Stage.PLAN, case={"waiting_for": "plan_approved"})
    assert {"CollectionStage", "WaitingFor"} <= {
        update.key.name for update in filters.changes(moved)
    }
    back = {update.key.name: update.value for update in filters.changes(situation(policy))}
    assert back["CollectionStage"] == Stage.EARLY_CONTACT
    assert back["WaitingFor"] == situation(policy).case.waiting_for
