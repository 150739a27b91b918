"""What stops a stage, wherever it waits. The loop of the process catches each."""


class StageStoppedError(Exception):
    """The stage is called again when the case goes on, unless that has ended."""


class CaseOverError(StageStoppedError):
    """The case has come to an end: paid, or closed by another system."""


class OnHoldError(StageStoppedError):
    """Nobody may contact the borrower for a while."""


class VisitInDoubtError(StageStoppedError):
    """The visit under way was withdrawn, or its approval is void."""


class PlanKeptError(StageStoppedError):
    """The plan that was broken is in force again: its part was paid in time."""


class FreshRunNeededError(StageStoppedError):
    """The history has grown long: the next boundary is here."""
