"""What operations filter by, as a case stands."""

from datetime import datetime, time
from typing import Any

from temporalio.common import SearchAttributeUpdate

from domain.case.situation import Situation
from temporal.search_attributes import (
    COLLECTION_STAGE,
    HOLDS,
    LENDER,
    OUTSTANDING_MINOR,
    OVERDUE_SINCE,
    POLICY_VERSION,
    STAGE_DEADLINE,
    WAITING_FOR,
)


class Filters:
    """What one run has published: what is published again is what has changed since."""

    def __init__(self) -> None:
        self._published: dict[str, Any] = {}

    def changes(self, situation: Situation) -> list[SearchAttributeUpdate[Any]]:
        """What to set or take away; the stage always, so that there is something to say."""
        updates = attributes_of(situation)
        changed = [
            update
            for update in updates
            if update.key == COLLECTION_STAGE
            or update.key.name not in self._published
            or self._published[update.key.name] != update.value
        ]
        self._published = {update.key.name: update.value for update in updates}
        return changed


def attributes_of(situation: Situation) -> list[SearchAttributeUpdate[Any]]:
    """Every search attribute, set or taken away."""
    case, facts, policy, now = situation
    deadline, since = case.stage_ends_at, facts.overdue_since
    return [
        COLLECTION_STAGE.value_set(case.stage),
        WAITING_FOR.value_set(case.waiting_for),
        OUTSTANDING_MINOR.value_set(facts.outstanding_minor),
        HOLDS.value_set(situation.hold_reasons),
        POLICY_VERSION.value_set(policy.version),
        LENDER.value_set(facts.lender),
        STAGE_DEADLINE.value_unset() if deadline is None else STAGE_DEADLINE.value_set(deadline),
        OVERDUE_SINCE.value_unset()
        if since is None
        else OVERDUE_SINCE.value_set(datetime.combine(since, time(), now.tzinfo)),
    ]
