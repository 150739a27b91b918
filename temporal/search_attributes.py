"""What operations can filter by in the Temporal UI. Changed with the stage, never personal.

This one list feeds the embedded server, the tests and the compose file: a workflow that sets an
attribute the server does not know hangs.
"""

from typing import Any

from temporalio.common import SearchAttributeKey

COLLECTION_STAGE = SearchAttributeKey.for_keyword("CollectionStage")
WAITING_FOR = SearchAttributeKey.for_keyword("WaitingFor")
OVERDUE_SINCE = SearchAttributeKey.for_datetime("OverdueSince")
STAGE_DEADLINE = SearchAttributeKey.for_datetime("StageDeadline")
OUTSTANDING_MINOR = SearchAttributeKey.for_int("OutstandingMinor")
HOLDS = SearchAttributeKey.for_keyword_list("Holds")
POLICY_VERSION = SearchAttributeKey.for_keyword("PolicyVersion")
LENDER = SearchAttributeKey.for_keyword("Lender")

SEARCH_ATTRIBUTES: tuple[SearchAttributeKey[Any], ...] = (
    COLLECTION_STAGE,
    WAITING_FOR,
    OVERDUE_SINCE,
    STAGE_DEADLINE,
    OUTSTANDING_MINOR,
    HOLDS,
    POLICY_VERSION,
    LENDER,
)
