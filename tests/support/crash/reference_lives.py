"""Whole lives that are lived again and again, with a death in another place each time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.case.state import Stage
from tests.support.lives.life import Life

ReferenceLife = Callable[[Life], Awaitable[None]]


async def pays_what_was_agreed(life: Life) -> None:
    """Reminders for three months, a visit, an agreement of three parts, each paid on its day."""
    await life.skip_to_stage(Stage.APPLICATION)
    await life.drive_to(Stage.AGREEMENT)
    plan = (await life.offered())["plan"]["plan"]
    await life.sign()
    for part in plan["parts"]:
        await life.skip_to(life.loan.local(date.fromisoformat(part["due_on"])))
        await life.pay_part(part["number"])


async def keeps_no_word(life: Life) -> None:
    """A complaint, a promise that is not kept, two plans that break, and the legal desk."""
    await life.accepted("complaint_filed", complaint_id="C-1", about="too many calls")
    await life.skip(timedelta(days=3))
    await life.accepted("complaint_resolved", complaint_id="C-1", upheld=False, handler_id="H-1")
    due = life.loan.on(await life.now()) + timedelta(days=2)
    await life.accepted("promise_made", amount_minor=1_000, due_on=str(due))
    await life.skip_until(lambda status: not status["promises"])
    await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.skip_to_stage(Stage.LEGAL_REVIEW)


@dataclass(frozen=True, slots=True)
class Reference:
    """A life, the days past due it begins on, and the end it leads to."""

    live: ReferenceLife
    begins_at: int
    outcome: str

    def __str__(self) -> str:
        return self.live.__name__


REFERENCES = (
    Reference(pays_what_was_agreed, 1, "plan_completed"),
    Reference(keeps_no_word, 30, "handed_to_legal"),
)
