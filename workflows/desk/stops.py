"""What stops a stage, wherever it waits. The loop of the process catches each."""


class CaseOverError(Exception):
    """The case has come to an end: paid, or closed by another system."""


class OnHoldError(Exception):
    """Nobody may contact the borrower for a while."""


class VisitInDoubtError(Exception):
    """The visit under way was withdrawn, or its approval is void."""


class PlanKeptError(Exception):
    """The plan that was broken is in force again: its part was paid in time."""


class FreshRunNeededError(Exception):
    """The history has grown long: the next boundary is here."""
