"""Proposals of plans: what a borrower says they earn and spend, and the parts they can afford."""

from datetime import date
from typing import Any

from demo.stories.person import Person


def propose(
    person: Person, owed_minor: int, instalments: int, first_due_on: date, waiver_minor: int = 0
) -> dict[str, Any]:
    """The `capacity` and the `proposal` of an event, for a debt of so much."""
    part_minor = -(-(owed_minor - waiver_minor) // instalments)
    income_minor = max(person.monthly_income_minor, 3 * part_minor)
    return {
        "capacity": {
            "monthly_income_minor": income_minor,
            "monthly_expense_minor": income_minor - max(2 * part_minor, income_minor // 3),
        },
        "proposal": {
            "instalments": instalments,
            "first_due_on": str(first_due_on),
            "waiver_minor": waiver_minor,
        },
    }
