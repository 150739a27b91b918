"""The lender's ledger: it knows what is owed, takes payments, and runs the standing orders."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from database.sql import Pool
from demo.stories.person import Person
from demo.systems.directory import LEDGER
from demo.systems.post import Post

ZONE = ZoneInfo("Asia/Shanghai")
_DAYS_AHEAD = 3  # standing orders pay this early

_OWED = "SELECT arrears_minor, outstanding_minor FROM loan_debt($1, $2)"

# Every other loan of the tape is paid by standing order: its next instalment in time.
_STANDING_ORDERS = """
    INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source)
    SELECT l.loan_id || '-order-' || $1::date, l.loan_id,
           (SELECT sum(i.amount_minor) FROM loan_instalments i
            WHERE i.loan_id = l.loan_id AND i.due_on <= $2::date)
           + (SELECT coalesce(sum(c.amount_minor), 0) FROM loan_charges c
              WHERE c.loan_id = l.loan_id AND c.due_on <= $2::date)
           - (SELECT coalesce(sum(p.amount_minor), 0) FROM payments p
              WHERE p.loan_id = l.loan_id AND p.reversed_at IS NULL),
           $3, $3, 'standing-order'
    FROM loans l
    WHERE l.status = 'active' AND l.oldest_unpaid_due_on <= $2::date
      -- Who has come out of arrears goes on paying; an instalment may have fallen due meanwhile.
      AND l.oldest_unpaid_due_on >= $1::date - CASE WHEN EXISTS (
          SELECT FROM collection_cases c WHERE c.loan_id = l.loan_id) THEN 3 ELSE 0 END
      AND NOT EXISTS (SELECT FROM collection_cases c
                      WHERE c.loan_id = l.loan_id AND c.closed_at IS NULL)
    ON CONFLICT DO NOTHING
"""
_WRITE_PENALTY_RATE = "UPDATE loans SET penalty_rate_percent = $2::numeric WHERE loan_id = $1"
_WRITE_CONTACT_PERSON = """
    INSERT INTO phones (phone_id, borrower_id, number, priority, relation)
    VALUES ($1, $2, $3, 9, 'contact_person')
"""


@dataclass(frozen=True)
class Owed:
    """What a loan owes today."""

    arrears_minor: int
    outstanding_minor: int


class Ledger:
    """Tells the service about the money of a loan, whether or not a case of it is open."""

    def __init__(self, pool: Pool, post: Post) -> None:
        self._pool = pool
        self._post = post
        self._numbers = count(1)
        self._last_payment: dict[str, str] = {}

    @property
    def today(self) -> date:
        """The date where the borrowers live."""
        return self.local(self._post.now).date()

    @staticmethod
    def local(moment: datetime) -> datetime:
        """A moment on the borrowers' clock."""
        return moment.astimezone(ZONE)

    async def write_contract(self, person: Person) -> None:
        """What the contract says beyond the tape: a penalty rate, a contact person."""
        if (rate := person.habit.penalty_rate_percent) is not None:
            await self._pool.execute(_WRITE_PENALTY_RATE, person.loan_id, Decimal(rate))
        if person.habit.has_contact_person:
            await self._pool.execute(
                _WRITE_CONTACT_PERSON,
                person.contact_phone_id,
                person.borrower_id,
                person.contact_number,
            )

    async def owed(self, loan_id: str) -> Owed:
        row = await self._pool.fetchrow(_OWED, loan_id, self.today)
        assert row is not None  # noqa: S101  (the function always answers with one row)
        return Owed(**row)

    async def receive(self, loan_id: str, amount_minor: int) -> None:
        """Take a payment; it is on record when this returns."""
        payment_id = f"pay-{loan_id}-{next(self._numbers)}"
        self._last_payment[loan_id] = payment_id
        payment = {"payment_id": payment_id, "amount_minor": amount_minor}
        await self._post.tell(loan_id, LEDGER, "payment_received", **payment)

    async def take_back(self, loan_id: str) -> None:
        """Reverse the last payment of a loan. A case that it had closed opens again."""
        payment_id = self._last_payment[loan_id]
        await self._post.tell(loan_id, LEDGER, "payment_reversed", payment_id=payment_id)

    async def run_standing_orders(self, first_day: date) -> None:
        """Pay, in time, what falls due on loans that nobody collects; for ever."""
        while True:
            day = max(self.today, first_day)
            until = day + timedelta(days=_DAYS_AHEAD)
            await self._pool.execute(_STANDING_ORDERS, day, until, self._post.now)
            await self._post.wait(hours=12)
