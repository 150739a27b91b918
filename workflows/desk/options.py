"""Timeouts and retries, named once."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class Options(TypedDict):
    """How long an activity may take, and how it is retried."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


# The database comes back: an outage delays, it never decides.
DATABASE: Options = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)
    ),
}

# One try at a provider, and how fast a busy provider is asked again. How long it is asked at
# all is bounded by the contact window: see `CaseDesk.contact`.
PROVIDER: Options = {
    "start_to_close_timeout": timedelta(seconds=20),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5)
    ),
}

# Under an accelerated clock the window's end may be milliseconds away; the gate asks the rules
# again at each try, so a longer bound sends nothing unlawful.
SHORTEST_CONTACT_WINDOW = timedelta(minutes=1)
