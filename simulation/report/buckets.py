"""Where a loan stands at the end of a day: in exactly one bucket."""

from datetime import date

from simulation.life import Mark

CURRENT, IN_PLAN = "current", "in a plan"
OVERDUE = ((30, "1-30"), (60, "31-60"), (90, "61-90"), (180, "91-180"))
OLDER = "over 180"
SETTLED, LEGAL = "settled", "handed to legal"
BUCKETS = (CURRENT, *(name for _, name in OVERDUE), OLDER, IN_PLAN, SETTLED, LEGAL)


def bucket_of(mark: Mark, day: date) -> str:
    """The bucket of a loan at the end of a day, by how it stood last."""
    if mark.ended is not None:
        return SETTLED if mark.ended.is_paid else LEGAL
    if mark.in_plan:
        return IN_PLAN
    overdue = 0 if mark.since is None else (day - mark.since).days
    if overdue <= 0:
        return CURRENT
    return next((name for most, name in OVERDUE if overdue <= most), OLDER)
