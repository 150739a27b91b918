"""A starter of cases in memory, held to the real one's contract."""

from domain.case.state import CaseState, DueCase


class FakeStarter:
    """Starts nothing; remembers what it was asked to start, and crashes when told to."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.states: list[CaseState | None] = []  # that they began with
        self.running: set[str] = set()
        self.fails_for: set[str] = set()

    async def start_case(self, case: DueCase) -> bool:
        if case.loan_id in self.fails_for:
            raise ConnectionError(case.loan_id)
        if case.loan_id in self.running:
            return False
        self.started.append(case.loan_id)
        self.states.append(case.state)
        self.running.add(case.loan_id)
        return True
