"""Every planted fault by its name."""

from collections.abc import Callable

from drills.planted import lost_signal, no_believed_at_once, send_before_reserve, timer_of_the_run
from drills.planted.narrow_facts import plant_counter_of_the_loan, plant_hold_of_the_workflow

PLANTED: dict[str, Callable[[], None]] = {
    "send-before-reserve": send_before_reserve.plant,
    "lost-signal": lost_signal.plant,
    "timer-of-the-run": timer_of_the_run.plant,
    "no-believed-at-once": no_believed_at_once.plant,
    "hold-of-the-workflow": plant_hold_of_the_workflow,
    "counter-of-the-loan": plant_counter_of_the_loan,
}
