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
