"""Planted: a case that was taken up again counts to its next step from there, not from the debt."""

from datetime import timedelta
from typing import Any

from domain.case.ladder import PlannedStep, next_step
from domain.case.situation import Situation
from workflows.stages import early_contact


def plant() -> None:
    """As if a lost run's timer had been set again, for its whole length."""

    def next_step_of_run(situation: Situation) -> PlannedStep | None:
        planned, again_at = next_step(situation), situation.case.taken_up_again_at
        since = situation.facts.overdue_since
        if planned is None or again_at is None or since is None:
            return planned
        last = situation.case.last_step
        days_taken = int(last.rpartition("dpd-")[2].partition("-")[0]) if last else 0
        late = (situation.facts.local(again_at).date() - since).days - days_taken
        return planned.model_copy(update={"at": planned.at + timedelta(days=max(late, 0))})

    patched: Any = early_contact
    patched.next_step = next_step_of_run
