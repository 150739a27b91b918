"""What the table of events says of one event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from domain.case.events.terms import never, no_plan, no_waiver, visit_under_way
from domain.case.situation import Situation
from domain.case.state import PlanState, Stage
from domain.events import Event, is_needed
from domain.plan.authority import WaiverRequest

E = TypeVar("E", bound=Event)

ANY_STAGE = tuple(Stage)
# A case that is paid still has its closing notice to send: `ENDED`.
WHILE_OPEN = tuple(stage for stage in Stage if stage is not Stage.ENDED)


@dataclass(frozen=True)
class EventRow(Generic[E]):
    """One event: where it fits, who judges it, what it changes, what its record needs."""

    event: type[E]
    description: str  # what has happened; the Temporal UI shows it
    stages: tuple[Stage, ...]  # elsewhere it is refused: LC-STAGE, or LC-CASE-CLOSED at the end
    judge: Callable[[E, Situation], None]  # what is asked beyond the stage; raises a refusal
    apply: Callable[[E, Situation], None]  # what it changes in the state, once it is on record
    when_accepted: str  # what follows, in a few words; docs/events.md says it in full
    # Its effect is on the loan or the borrower: also taken while no case of the loan is open, and
    # from the event that ends a case to its end.
    without_case: bool = False
    # Somebody answers for it by name: where the installation says so, only a verified sender may.
    is_decision: bool = False
    # Somebody stands at a door; or answers what an activity has just sent. Its result may come in
    # the same task as the answer, and is taken in after it: by the time the facts are there, it is.
    fresh_facts: bool = False
    changes_policy: bool = False  # the case is taken up anew, under the policy that is pinned now
    visit_id: Callable[[E, Situation], str | None] = visit_under_way
    waiver: Callable[[E, Situation], WaiverRequest | None] = no_waiver
    plan: Callable[[E, Situation], PlanState | None] = no_plan  # that it proposes
    due_at: Callable[[E, Situation], datetime | None] = never  # when what it starts runs out
    # Stages in which the case usually stands so that `judge` refuses, by this rule: the document
    # shows it.
    usually_refused: Mapping[Stage, str] = field(default_factory=dict)

    @property
    def synopsis(self) -> str:
        """The description and the fields of the body, for who fills it in by hand."""
        fields = {name: each for name, each in self.event.model_fields.items() if not each.exclude}
        needed = [name for name, each in fields.items() if is_needed(each)]
        optional = [name for name, each in fields.items() if not is_needed(each)]
        may = f"; optional: {', '.join(optional)}" if optional else ""
        return f"{self.description} JSON object with {', '.join(needed)}{may}."
