"""Names other systems rely on."""

TASK_QUEUE = "loan-collections"
LOAN_COLLECTION = "LoanCollection"
DELIVER = "deliver"  # the update
STATUS = "status"  # the query
CASE_STATE = "case_state"  # the query for the state as it is carried from run to run
VISITOR_CHECK = "VisitorCheck"
OVERDUE_SCAN = "OverdueScan"
COMPLAINT_WATCH = "ComplaintWatch"
OVERDUE_SCAN_SCHEDULE = "overdue-scan"


WORKFLOW_ID_PREFIX = "loan-"


def workflow_id(loan_id: str) -> str:
    """The id of the one workflow of a loan."""
    return f"{WORKFLOW_ID_PREFIX}{loan_id}"


def complaint_watch_id(watched: str) -> str:
    """The id of the workflow that watches over the complaints of a case that has ended, by the
    case's id, or of a loan that never had one, by its workflow's id."""
    return f"complaints-{watched}"
