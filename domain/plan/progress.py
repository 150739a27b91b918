"""How far a plan has come: what is paid of its parts, and what is missing. All in minor units.

The one place where payments are measured against parts: the workflow, the status and the messages
ask here. Payments have no part of their own; they cover the parts in order.
"""

from datetime import date

from pydantic import BaseModel


class Part(BaseModel):
    """One payment of a plan."""

    number: int
    due_on: date
    amount_minor: int


class OpenPart(Part):
    """The first part that payments do not cover."""

    rest_minor: int  # what is missing of it
    later_minor: int  # what the plan asks for after it


class PlanProgress(BaseModel):
    """The parts of a plan, and what was paid since it was proposed.

    `paid_minor` is below zero when a payment was reversed that an earlier plan had counted: that
    much is owed with the first part.
    """

    parts: list[Part]
    paid_minor: int

    @property
    def total_minor(self) -> int:
        return sum(part.amount_minor for part in self.parts)

    @property
    def rest_minor(self) -> int:
        """What completes the plan, on whatever day it is paid."""
        return max(self.total_minor - self.paid_minor, 0)

    @property
    def next_part(self) -> OpenPart | None:
        """The first part that is not covered; None when the plan is completed."""
        covered = 0
        for part in self.parts:
            covered += part.amount_minor
            if covered > self.paid_minor:
                rest = covered - self.paid_minor
                later = self.total_minor - covered
                return OpenPart(**part.model_dump(), rest_minor=rest, later_minor=later)
        return None
