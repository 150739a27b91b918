"""How often a case may go round: a bounded number of times a day, whatever is wrong with it."""

from datetime import date, datetime, timedelta

# A case that waits as it should takes a few turns a day; one that nothing stops would take a
# hundred a second, until the server ends its run, and keep everybody's worker busy.
MOST_TURNS_A_DAY = 300
REST = timedelta(hours=1)


class Turns:
    """Counts the waits of one run, day by day of business time."""

    def __init__(self, most: int = MOST_TURNS_A_DAY) -> None:
        self._most = most
        self._day: date | None = None
        self._taken = 0

    def take(self, now: datetime) -> datetime | None:
        """Take a turn. None when it may be taken at once, else when: the case has to rest first."""
        if now.date() != self._day:
            self._day, self._taken = now.date(), 0
        self._taken += 1
        return now + REST if self._taken > self._most else None
