"""Who is who in the demo: the borrowers as other systems know them, and the lender's own people."""

from dataclasses import dataclass

from demo.stories.acts import Habit

COLLECTOR = "K-07"
APPROVER, SENIOR_APPROVER = "A-01", "S-01"
HANDLER, OUTSIDER = "H-01", "Q-02"  # of complaints, and who grants them more time


@dataclass(frozen=True)
class Person:
    """One borrower as the other systems know them."""

    loan_id: str
    borrower_id: str
    phone_id: str
    number: str
    address_id: str
    monthly_income_minor: int
    habit: Habit

    @property
    def contact_phone_id(self) -> str:
        return f"{self.borrower_id}-c1"

    @property
    def contact_number(self) -> str:
        """Of their contact person, if they named one: nobody's, like their own."""
        return self.number.replace("+86000", "+860000", 1)
