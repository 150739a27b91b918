"""Rows whose fields are each good and do not go together: refused in doubt."""

from collections.abc import Iterator
from decimal import Decimal

from domain.tape.options import ImportOptions
from domain.tape.row import Problem, TapeRow

LONGEST_OVERDUE_DAYS = 20 * 366  # no claim is older: such a date is a default of some system
# How far the interest within the instalments may lie above that of the rate: interest on the
# whole principal to the end is twice that of an annuity; rounding and small fees come on top.
_MOST_TIMES_FLAT = 3
_FEES = Decimal("0.01")  # of the principal


def doubts(row: TapeRow, options: ImportOptions) -> list[Problem]:
    """Everything that makes a row unbelievable as a whole; empty for a good row."""
    return [*_of_its_day(row, options), *_of_the_schedule(row), *_of_the_borrower(row, options)]


def _of_its_day(row: TapeRow, options: ImportOptions) -> Iterator[Problem]:
    day = row.as_of + row.shift_to(options.shift_to)
    if (reason := options.why_far(day)) is not None:
        yield Problem("as_of", reason)
    if (days := row.days_past_due()) > LONGEST_OVERDUE_DAYS:
        yield Problem("first_due_on", f"would be {days} days past due: it looks like a default")


def _of_the_schedule(row: TapeRow) -> Iterator[Problem]:
    total = row.term_months * row.installment_minor
    if total < row.principal_minor:
        reason = (
            f"{row.term_months} of {row.installment_minor} = {total} are less than the principal"
            f" {row.principal_minor}: a schedule has no room for a last, larger payment"
        )
        yield Problem("installment_minor", reason)
    elif total - row.principal_minor > _most_interest(row):
        reason = (
            f"{row.annual_rate_percent} % cannot give {total - row.principal_minor} of interest on"
            f" {row.principal_minor} in {row.term_months} months; is it per cent, and are all"
            " amounts in minor units?"
        )
        yield Problem("annual_rate_percent", reason)


def _most_interest(row: TapeRow) -> Decimal:
    flat = row.principal_minor * row.annual_rate_percent / 100 * row.term_months / 12
    rounding = row.term_months  # a minor unit each
    return _MOST_TIMES_FLAT * flat + _FEES * row.principal_minor + rounding


def _of_the_borrower(row: TapeRow, options: ImportOptions) -> Iterator[Problem]:
    if row.time_zone is None and options.zone_of(row.region) is None:
        reason = f"says no time zone of {options.country}; give time_zone, or --time-zone"
        yield Problem("region", reason)
    if row.phone is not None and row.phone == row.contact_person_phone:
        yield Problem("contact_person_phone", "is the borrower's own number")
