"""A proposal of a plan, and the shipped policy's limits that it is judged by."""

from datetime import date

from domain.events import Capacity, Proposal
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY

TODAY = date(2026, 5, 4)
RULES = read_policy(CHINA_POLICY).plan
RICH = Capacity(monthly_income_minor=10**13, monthly_expense_minor=0)


def proposed(**values: object) -> Proposal:
    return Proposal.model_validate({"instalments": 3, "first_due_on": "2026-05-10", **values})
