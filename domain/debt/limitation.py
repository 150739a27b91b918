"""The limitation period: until when a creditor may still ask a court for what is owed.

Civil Code 188 (LA-01: three years), 189 (LA-02: of a debt in instalments from when the last one
falls due) and 195 (LA-03: what interrupts it). How the years are counted is our reading: the last
day is the one with the same month and day, or the last day of that month where it has none (29
February ends on 28 February). Public holidays do not move it here; neither do suspensions nor
the long stop of twenty years.
"""

from collections.abc import Iterable
from datetime import date

from domain.calendar import add_months


def limitation_until(last_due_on: date, years: int, interrupted_on: Iterable[date] = ()) -> date:
    """The last day of the period, for a debt whose last part falls due on a day.

    An interruption (a demand, a payment or a promise to pay: LA-03) starts the period anew, but
    only before it has ended: what comes later revives nothing.
    """
    until = add_months(last_due_on, 12 * years)
    for day in sorted(interrupted_on):
        if last_due_on < day <= until:
            until = add_months(day, 12 * years)
    return until
