"""Instants for property tests."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st


def moments(first: date, last: date) -> st.SearchStrategy[datetime]:
    """Any instant between two dates, to the microsecond."""
    begins = datetime.combine(first, time(), UTC)
    length = datetime.combine(last, time(), UTC) - begins
    return st.timedeltas(timedelta(0), length).map(lambda after: begins + after)
