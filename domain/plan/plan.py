"""The plan maths: parts that sum exactly to the whole, and the limits a plan must keep."""

from datetime import date

from pydantic import BaseModel

from domain.calendar import add_months
from domain.events import Capacity, Proposal
from domain.mistakes import not_within
from domain.plan.progress import Part
from domain.policy.policy import PlanPolicy
from domain.policy.rule import WHOLE


class Predecessor(BaseModel):
    """The plan that another one replaces, as far as it still counts. All in minor units."""

    agreement_id: str
    as_of: date  # of the first agreement; instalments due from then on were deferred
    first_due_on: date  # of the first agreement: the term counts from there
    owed_minor: int  # what the first agreement covered: limits of waivers are shares of it
    granted_minor: int  # waived so far
    kept_waiver_minor: int  # of that, what is granted only when the plan is completed
    carried_minor: int  # paid before, and counted then


class Plan(BaseModel):
    """How a debt is repaid: the parts sum to arrears and penalty, less what is waived.

    A plan that replaces another keeps the waiver of that one, and adds its own.
    """

    as_of: date
    arrears_minor: int
    waiver_minor: int
    penalty_minor: int = 0  # accrued to that day and not yet charged
    parts: list[Part]
    before: Predecessor | None = None

    @property
    def owed_minor(self) -> int:
        return self.arrears_minor + self.penalty_minor

    @property
    def total_minor(self) -> int:
        return sum(part.amount_minor for part in self.parts)

    @property
    def new_waiver_minor(self) -> int:
        """What this plan waives beyond what the plan before it did."""
        return self.waiver_minor - (0 if self.before is None else self.before.kept_waiver_minor)

    @property
    def granted_minor(self) -> int:
        """All that was waived, from the first plan on."""
        return self.new_waiver_minor + (0 if self.before is None else self.before.granted_minor)

    @property
    def waiver_base_minor(self) -> int:
        """What the limits of waivers are shares of."""
        return self.owed_minor if self.before is None else self.before.owed_minor


class PlanRefusedError(ValueError):
    """A proposal that breaks a limit; the text says each limit and what was proposed."""


def build_plan(
    arrears_minor: int,
    proposal: Proposal,
    capacity: Capacity | None,
    policy: PlanPolicy,
    today: date,
    penalty_minor: int = 0,
    proposed_on: date | None = None,
) -> Plan:
    """The plan of a proposal for what is overdue today, and the penalty that has accrued.

    A down payment is the first part, due on `first_due_on`; the instalments follow monthly.
    Without one, the instalments start on that day. Where the rest does not divide evenly, the
    earlier parts are one minor unit larger. The limits on dates count from `proposed_on`, which is
    today unless we have learnt of it late.

    Raises:
        PlanRefusedError: naming every limit that is broken.
    """
    owed_minor = arrears_minor + penalty_minor
    rest = owed_minor - proposal.waiver_minor - proposal.down_payment_minor
    problems = _problems_of_amounts(owed_minor, rest, proposal, policy)
    problems += _problems_of_dates(proposal, policy, proposed_on or today)
    if problems:
        raise PlanRefusedError("; ".join(problems))

    amounts = split_evenly(rest, proposal.instalments)
    if proposal.down_payment_minor:
        amounts = [proposal.down_payment_minor, *amounts]
    parts = [
        Part(number=index + 1, due_on=add_months(proposal.first_due_on, index), amount_minor=amount)
        for index, amount in enumerate(amounts)
    ]
    _require_affordable(max(split_evenly(rest, proposal.instalments)), capacity, policy)
    return Plan(
        as_of=today,
        arrears_minor=arrears_minor,
        waiver_minor=proposal.waiver_minor,
        penalty_minor=penalty_minor,
        parts=parts,
    )


def needs_approval(plan: Plan, policy: PlanPolicy) -> bool:
    """Whether the waiver exceeds what a crew may grant by itself."""
    if not plan.new_waiver_minor:
        return False
    limit = plan.waiver_base_minor * policy.crew_waiver_limit.value
    return plan.granted_minor * WHOLE > limit


def split_evenly(amount_minor: int, count: int) -> list[int]:
    """`count` parts that differ by at most one minor unit, larger ones first."""
    share, larger = divmod(amount_minor, count)
    return [share + 1] * larger + [share] * (count - larger)


def _problems_of_amounts(
    owed_minor: int, rest: int, proposal: Proposal, policy: PlanPolicy
) -> list[str]:
    problems = []
    if proposal.waiver_minor * WHOLE > owed_minor * policy.waiver_limit.value:
        problems.append(
            f"waiver_minor: {proposal.waiver_minor} is more than "
            f"{policy.waiver_limit.value / 100:g} % of the arrears of {owed_minor}"
        )
    if rest < proposal.instalments:
        problems.append(f"down_payment_minor: leaves {rest} for {proposal.instalments} instalments")
        return problems
    return problems + _problems_of_first_payment(rest, proposal, policy)


def _problems_of_first_payment(rest: int, proposal: Proposal, policy: PlanPolicy) -> list[str]:
    """The down payment, or the first part without one, is a share of all that is to be paid."""
    if (share := policy.first_payment_share) is None:
        return []
    total = rest + proposal.down_payment_minor
    first = proposal.down_payment_minor or split_evenly(rest, proposal.instalments)[0]
    if first * WHOLE >= total * share.value:
        return []
    field = "down_payment_minor" if proposal.down_payment_minor else "instalments"
    return [f"{field}: a first payment of {first} is less than {share.value / 100:g} % of {total}"]


def _problems_of_dates(proposal: Proposal, policy: PlanPolicy, today: date) -> list[str]:
    problems = []
    days_ahead = (proposal.first_due_on - today).days
    if not 0 <= days_ahead <= policy.first_due_days.value:
        days = policy.first_due_days.value
        problems.append(f"first_due_on: {not_within(proposal.first_due_on, days, today)}")
    months = proposal.instalments - (0 if proposal.down_payment_minor else 1)
    if months > policy.longest_months.value:
        problems.append(
            f"instalments: {proposal.instalments} last longer than "
            f"{policy.longest_months.value} months"
        )
    return problems


def _require_affordable(largest_minor: int, capacity: Capacity | None, policy: PlanPolicy) -> None:
    if capacity is None:
        raise PlanRefusedError("capacity: income and expense are needed to check affordability")
    surplus = capacity.monthly_income_minor - capacity.monthly_expense_minor
    limit = surplus * policy.affordable_share.value // WHOLE
    if largest_minor > limit:
        raise PlanRefusedError(
            f"instalments: {largest_minor} a month is more than the affordable {max(limit, 0)},"
            " in minor units"
        )
