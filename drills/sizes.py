"""How large a drill is: how many loans, on which days something fails, and how far it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from drills.schedule import Fault

LASTS_DAYS = 85  # until the last plan is paid and the legal desk has decided
GIVE_UP_AFTER_DAYS = 250
# What a dead worker had in hand comes back after Temporal's timeouts, 10 and 30 real seconds.
LONG_DAY = timedelta(seconds=75)
FIRST_DAY_IN_DAYS = 16  # all cases begin on the first one, which takes what it takes


@dataclass(frozen=True)
class Size:
    """`until_day`: where it ends, in the middle of the loans' lives; None: with the last loan."""

    name: str
    loans: int
    days: tuple[int, ...]  # the long ones
    faults: Sequence[Fault]
    until_day: int | None = None
    long_day: timedelta = LONG_DAY


# The long days are days of which many ladders have a step.
FULL = Size(name="full", loans=204, days=(8, 17, 31, 42), faults=tuple(Fault))
SHORT = Size(
    name="short",
    loans=24,
    days=(4,),
    faults=(
        Fault.KILL_WORKER,
        Fault.KILL_POSTGRES,
        Fault.PROVIDER_LAGS,
        Fault.TERMINATE_RUNS,
    ),
    until_day=6,
    long_day=timedelta(seconds=40),
)
# Small, with a situation for each planted fault: lost runs, lost answers, logs that lag, two loans
# of a borrower, and days enough for what was set wrong to show.
PLANTED = Size(
    name="planted",
    loans=40,
    days=(4, 6, 8),
    faults=(
        Fault.KILL_WORKER,
        Fault.LOSE_ENGINE,
        Fault.PROVIDER_DROPS,
        Fault.PROVIDER_LAGS,
        Fault.STAMMER,
    ),
    until_day=16,
    long_day=timedelta(seconds=60),
)
# What each of them needs of that.
SITUATIONS = {
    "send-before-reserve": replace(PLANTED, days=(8,), faults=(Fault.PROVIDER_DROPS,), until_day=9),
    "lost-signal": replace(PLANTED, days=(), faults=(), until_day=9),
    "timer-of-the-run": replace(PLANTED, days=(4,), faults=(Fault.LOSE_ENGINE,)),
    "no-believed-at-once": replace(PLANTED, days=(6,), faults=(Fault.PROVIDER_LAGS,), until_day=7),
    "hold-of-the-workflow": replace(PLANTED, days=(), faults=()),
    "counter-of-the-loan": replace(PLANTED, days=(), faults=(), until_day=9),
}
FORMS = {form.name: form for form in (FULL, SHORT, PLANTED)}


def size_of(form: str, planted: str | None) -> Size:
    """The size of a form; of the form for planted faults, what this one needs of it."""
    if form == PLANTED.name and planted is not None:
        return SITUATIONS[planted]
    return FORMS[form]


def with_loans(size: Size, loans: int | None) -> Size:
    """The same drill with so many loans; None leaves them."""
    return size if loans is None else replace(size, loans=loans)
