"""Every planted fault by its name."""

from collections.abc import Callable
from typing import NamedTuple

from drills.planted import lost_signal, no_believed_at_once, send_before_reserve, timer_of_the_run
from drills.planted.narrow_facts import plant_counter_of_the_loan, plant_hold_of_the_workflow

AUDIT, ONCE = "no guarantee broken, by the audit", "each intent at the provider at most once"


class Planted(NamedTuple):
    """A patch, and the check that has to find what comes of it."""

    plant: Callable[[], None]
    found_by: str


PLANTED = {
    "send-before-reserve": Planted(send_before_reserve.plant, ONCE),
    "lost-signal": Planted(lost_signal.plant, "no event lost"),
    "timer-of-the-run": Planted(timer_of_the_run.plant, "timers on the original dates"),
    "no-believed-at-once": Planted(no_believed_at_once.plant, ONCE),
    "hold-of-the-workflow": Planted(plant_hold_of_the_workflow, AUDIT),
    "counter-of-the-loan": Planted(plant_counter_of_the_loan, AUDIT),
}
