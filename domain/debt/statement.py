"""The debt statement: what is owed as of a day, by component, and what each payment paid.

Pure and exact: whole minor units, no fraction is ever carried but in the penalty, which is summed
as a fraction and rounded down once. `docs/money.md` says the rules in words, with an example.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, model_validator

from domain.debt.amortisation import RATE_UNITS

DAYS_A_YEAR = 365  # the day count is actual/365: also in leap years


class Component(StrEnum):
    """What a debt is made of."""

    PENALTY = "penalty"
    INTEREST = "interest"
    PRINCIPAL = "principal"


# Article 561 of the Civil Code, where nothing else was agreed (LA-07); and what a waiver takes.
DEFAULT_ORDER = (Component.PENALTY, Component.INTEREST, Component.PRINCIPAL)


class Amounts(BaseModel):
    """Minor units of each component."""

    # Facts that have none share one object, which nobody has to copy.
    model_config = ConfigDict(frozen=True)

    penalty_minor: int = 0
    interest_minor: int = 0
    principal_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.penalty_minor + self.interest_minor + self.principal_minor


class Due(Amounts):
    """An instalment, or a charge (its penalty alone), and when it falls due."""

    due_on: date


class Payment(BaseModel):
    """A payment that was not reversed. `opening` was paid in time; a `waiver` is granted."""

    payment_id: str
    received_on: date  # on the borrower's calendar
    amount_minor: int
    kind: str = "payment"


class Pause(BaseModel):
    """No penalty runs while an agreement is in force: after the first day, until the last one."""

    after: date
    until: date | None = None


class DebtTerms(BaseModel):
    """A contract and what became of it. Rates are per cent a year, amounts minor units."""

    annual_rate_percent: Decimal = Decimal(0)
    penalty_rate_percent: Decimal | None = None  # on top of the contract's rate; None is none
    rate_cap_basis_points: int | None = None  # contract and penalty together; None: no penalty
    allocation_order: tuple[Component, ...] = DEFAULT_ORDER
    tolerance_minor: int = 0  # a shortfall up to this much is rounding
    dues: list[Due]
    payments: list[Payment] = []
    pauses: list[Pause] = []
    settled_penalty_minor: int = 0  # accrued before, and charged or waived since

    @model_validator(mode="after")
    def _order_names_each_component_once(self) -> "DebtTerms":
        if sorted(self.allocation_order) != sorted(Component):
            raise ValueError("allocation_order: must name penalty, interest and principal once")
        return self


class Allocation(Amounts):
    """What one payment paid; with what was left over, it sums to the payment."""

    payment_id: str
    overpaid_minor: int = 0


class DebtStatement(BaseModel):
    """What is owed as of a day. `overdue` sums to the arrears, `outstanding` to all that is owed.

    `penalty_minor` has accrued and is not yet charged or waived: it is in neither, and owed only
    when a signed agreement charges it.
    """

    as_of: date
    overdue: Amounts
    outstanding: Amounts
    penalty_minor: int
    allocations: list[Allocation]


def draw_statement(terms: DebtTerms, as_of: date) -> DebtStatement:
    """What is owed on a day, after the payments received until then.

    A payment covers what is overdue on its day, component by component in the contract's order,
    the oldest instalment first; then what falls due next, instalment by instalment. What falls
    due on a day is overdue from the next one on.
    """
    account = _Account(terms)
    for day, following in pairwise(_turning_days(terms, as_of)):
        account.pay(payment for payment in account.payments if _paid_on(payment) == day)
        account.accrue(day, following)
    account.pay(payment for payment in account.payments if _paid_on(payment) == as_of)
    return DebtStatement(
        as_of=as_of,
        overdue=account.sum_up(until=as_of),
        outstanding=account.sum_up(until=date.max),
        penalty_minor=max(account.penalty_accrued() - terms.settled_penalty_minor, 0),
        allocations=account.allocations,
    )


def penalty_rate_units(terms: DebtTerms) -> int:
    """The penalty rate a year that may be asked, in ten-thousandths of a per cent."""
    return int(
        penalty_rate(
            terms.annual_rate_percent, terms.penalty_rate_percent, terms.rate_cap_basis_points
        )
        * RATE_UNITS
    )


def penalty_rate(
    annual_percent: Decimal, penalty_percent: Decimal | None, cap_basis_points: int | None
) -> Decimal:
    """The penalty rate that may be asked, in per cent a year.

    Contract and penalty together stay within the cap; without a cap there is no penalty.
    """
    if penalty_percent is None or cap_basis_points is None:
        return Decimal(0)
    return max(min(penalty_percent, Decimal(cap_basis_points) / 100 - annual_percent), Decimal(0))


class _Account:
    """The debt while the days go by: what is left of each instalment, and the penalty so far."""

    def __init__(self, terms: DebtTerms) -> None:
        self._terms = terms
        self._rate = penalty_rate_units(terms)
        self._penalty_days = 0  # minor units times days
        # Of two that fall due on one day, the instalment comes before the charge.
        dues = sorted(terms.dues, key=lambda due: (due.due_on, due.penalty_minor > 0))
        self._left = [(due.due_on, _by_component(due)) for due in dues]
        # On one day, what is granted comes after what is paid: the order on paper is no matter.
        self.payments = sorted(
            terms.payments,
            key=lambda paid: (_paid_on(paid), paid.kind == "waiver", paid.payment_id),
        )
        self.allocations: list[Allocation] = []

    def pay(self, payments: Iterable[Payment]) -> None:
        for payment in payments:
            is_waiver = payment.kind == "waiver"
            order = DEFAULT_ORDER if is_waiver else self._terms.allocation_order
            left, paid = payment.amount_minor, dict.fromkeys(Component, 0)
            for amounts, component in self._targets(_paid_on(payment), order):
                if not left:
                    break
                covered = min(left, amounts[component])
                amounts[component] -= covered
                paid[component] += covered
                left -= covered
            self.allocations.append(
                Allocation(payment_id=payment.payment_id, overpaid_minor=left, **_as_amounts(paid))
            )

    def _targets(
        self, day: date, order: tuple[Component, ...]
    ) -> Iterable[tuple[dict[Component, int], Component]]:
        for component in order:
            for due_on, amounts in self._left:
                if due_on < day:
                    yield amounts, component
        for due_on, amounts in self._left:
            if due_on >= day:
                for component in order:
                    yield amounts, component

    def accrue(self, after: date, until: date) -> None:
        """The penalty of the days after one day, to another; nothing changes in between."""
        if not self._rate or any(_covers(pause, after) for pause in self._terms.pauses):
            return
        overdue = self.sum_up(until=after + timedelta(days=1))
        if overdue.total_minor > self._terms.tolerance_minor:
            self._penalty_days += overdue.principal_minor * (until - after).days

    def penalty_accrued(self) -> int:
        return self._penalty_days * self._rate // (DAYS_A_YEAR * 100 * RATE_UNITS)

    def sum_up(self, *, until: date) -> Amounts:
        """What is left of all that falls due before a day."""
        left = dict.fromkeys(Component, 0)
        for due_on, amounts in self._left:
            if due_on < until:
                for component, amount in amounts.items():
                    left[component] += amount
        return Amounts(**_as_amounts(left))


def _turning_days(terms: DebtTerms, as_of: date) -> list[date]:
    """The days on which something changes, first to last; the statement's own day ends them."""
    days = {_paid_on(payment) for payment in terms.payments}
    days |= {due.due_on for due in terms.dues}
    days |= {pause.after for pause in terms.pauses}
    days |= {pause.until for pause in terms.pauses if pause.until is not None}
    return [*sorted(day for day in days if day < as_of), as_of]


def _paid_on(payment: Payment) -> date:
    """An opening balance was paid when it was due: no penalty for a time nobody knows."""
    return date.min if payment.kind == "opening" else payment.received_on


def _covers(pause: Pause, day: date) -> bool:
    return pause.after <= day and (pause.until is None or day < pause.until)


def _by_component(amounts: Amounts) -> dict[Component, int]:
    return {
        Component.PENALTY: amounts.penalty_minor,
        Component.INTEREST: amounts.interest_minor,
        Component.PRINCIPAL: amounts.principal_minor,
    }


def _as_amounts(by_component: dict[Component, int]) -> dict[str, int]:
    return {f"{component}_minor": amount for component, amount in by_component.items()}
