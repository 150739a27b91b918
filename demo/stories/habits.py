"""Which borrower of the demo has which habit: together they reach every end, on every path.

Pure and deterministic, so that every run plays the same story. Days are counted from the first
day of the demo. Borrowers far behind take the habits that need a visit; the others pay, promise,
complain, or are closed by other systems.
"""

from collections.abc import Sequence
from itertools import cycle

from demo.stories.acts import Act, Habit
from demo.stories.early_stories import EARLY_STORIES
from demo.stories.visit_stories import VISIT_STORIES

FAR_BEHIND = 58  # days past due from which a visit fits into the demo


def assign(days_past_due: Sequence[tuple[str, int]], copies: int = 1) -> dict[str, Habit]:
    """A habit for each loan, by loan id; the loan furthest behind takes the first habit.

    `copies`: how many loans in a row take the same one, as the book has copies of each.
    """
    ranked = sorted(days_past_due, key=lambda loan: (-loan[1], loan[0]))
    far = [loan for loan, days in ranked if days >= FAR_BEHIND]
    near = [loan for loan, days in ranked if days < FAR_BEHIND]
    return {
        **dict(zip(far, cycle(_each(VISIT_STORIES, copies)), strict=False)),
        **dict(zip(near, cycle(_each(EARLY_STORIES, copies)), strict=False)),
    }


def _each(stories: Sequence[Habit], copies: int) -> list[Habit]:
    return [story for story in stories for _ in range(copies)]


def last_reversal(habits: dict[str, Habit]) -> int:
    """The last day on which a payment is taken back, and a closed case opens again."""
    return max(
        (move.day for habit in habits.values() for move in habit.moves if move.act is Act.REVERSE),
        default=0,
    )
