"""A contract of three instalments, and payments of it."""

from datetime import date

from domain.calendar import add_months
from domain.debt.statement import DebtTerms, Due, Payment

FIRST = date(2026, 1, 10)


def contract(**values: object) -> DebtTerms:
    """Three instalments of 100.00, of which 10.00 are interest; a penalty of 12 % a year."""
    dues = [
        Due(due_on=add_months(FIRST, number), interest_minor=1_000, principal_minor=9_000)
        for number in range(3)
    ]
    return DebtTerms.model_validate(
        {
            "annual_rate_percent": "10",
            "penalty_rate_percent": "12",
            "rate_cap_basis_points": 2400,
            "dues": dues,
            **values,
        }
    )


def a_payment(amount: int, day: date, number: int = 1, kind: str = "payment") -> Payment:
    return Payment(payment_id=f"P-{number}", received_on=day, amount_minor=amount, kind=kind)
