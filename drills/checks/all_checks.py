"""Every check by what it promises."""

from collections.abc import Awaitable, Callable

from drills.checks.contacts import (
    none_forgotten,
    on_their_days,
    sent_at_most_once,
    sent_at_most_once_so_far,
)
from drills.checks.evidence import Evidence
from drills.checks.record import (
    at_their_ends,
    audit_is_clean,
    events_are_on_record,
    nothing_is_left,
    reconciliation_is_clean,
)

ONCE = "each intent at the provider at most once"

Check = Callable[[Evidence], Awaitable[list[str]]]

CHECKS: dict[str, Check] = {
    "every loan at the end of its habit": at_their_ends,
    "no guarantee broken, by the audit": audit_is_clean,
    "record and engine at one, by the reconciliation": reconciliation_is_clean,
    ONCE: sent_at_most_once,
    "timers on the original dates": on_their_days,
    "no contact forgotten": none_forgotten,
    "no event lost": events_are_on_record,
    "nothing left undone": nothing_is_left,
}
# Where the drill ends in the middle of the loans' lives, much is on its way.
IN_THE_MIDDLE = {
    name: check
    for name, check in CHECKS.items()
    if check not in (at_their_ends, reconciliation_is_clean, nothing_is_left)
} | {ONCE: sent_at_most_once_so_far}
