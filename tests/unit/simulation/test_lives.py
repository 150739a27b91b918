"""Single loans: conserved, bounded by the rules, and drawn by their own chances."""

from collections import Counter
from datetime import timedelta

from domain.policy.policy import Policy
from simulation.life import Life, Setting, live, marks_by_day
from simulation.report.buckets import BUCKETS, bucket_of
from simulation.report.tally import Tally, roll_rates
from simulation.run import simulate
from simulation.world.book import Book
from tests.support.simulation.policies import Simulate

LOANS = range(1, 61)


def _setting(simulation: Simulate) -> Setting:
    [setting] = simulation(days=180).settings()
    return setting


def _lives(simulation: Simulate, book: Book) -> list[Life]:
    setting = _setting(simulation)
    return [live(book.loan(number), setting) for number in LOANS]


def test_every_loan_is_in_one_bucket_a_day(simulation: Simulate, book: Book) -> None:
    """Nothing is lost and nothing counted twice, on any day."""
    setting = _setting(simulation)
    tally = simulate(book, [setting], LOANS).tallies[0]
    days = Counter[str]()
    for (day, bucket), number in tally.rows("buckets"):
        assert bucket in BUCKETS
        days[day] += number
    assert len(days) == 181
    assert set(days.values()) == {len(LOANS)}


def test_roll_rates_leave_nobody_out(simulation: Simulate, book: Book) -> None:
    """Whoever was in a bucket is in one a month later."""
    tally = simulate(book, [_setting(simulation)], LOANS).tallies[0]
    rates = roll_rates(tally)
    assert rates
    assert all(abs(sum(to.values()) - 1) < 1e-9 for to in rates.values())


def test_a_tally_adds_up_in_any_order(simulation: Simulate, book: Book) -> None:
    """The whole is its parts."""
    setting = [_setting(simulation)]
    whole, parts = simulate(book, setting, LOANS).tallies[0], Tally()
    for numbers in (LOANS[30:], LOANS[:30]):
        parts.merge(simulate(book, setting, numbers).tallies[0])
    assert parts.as_json() == whole.as_json()


def test_a_loan_depends_on_no_other(simulation: Simulate, book: Book) -> None:
    """Alone it lives as among others."""
    among_others = _lives(simulation, book)[17]
    assert live(book.loan(LOANS[17]), _setting(simulation)) == among_others


def test_contacts_keep_the_hours_and_the_counters(
    simulation: Simulate, book: Book, shipped: Policy
) -> None:
    """Whatever people do: within the permitted hours, and one message a day."""
    hours, messages = shipped.contact.permitted_hours.value, Counter[object]()
    for life in _lives(simulation, book):
        for action in life.actions:
            if action.kind in ("sms", "call"):
                assert hours.start <= action.at.time() < hours.end
            if action.kind == "sms" and "dpd-" in action.key:
                messages[life.loan_id, action.at.date()] += 1
    assert messages
    assert max(messages.values()) == 1


def test_lives_reach_what_a_case_can_reach(simulation: Simulate, book: Book) -> None:
    """Visits, plans and every other stage are somebody's."""
    setting = _setting(simulation)._replace(ends=book.begins + timedelta(days=300))
    actions = [
        action for number in range(1, 150) for action in live(book.loan(number), setting).actions
    ]
    stages = {action.about for action in actions if action.kind == "stage"}
    assert {"application", "approval", "appointment", "visit", "agreement", "repayment"} <= stages
    assert {each.about for each in actions if each.kind == "end"} >= {"cured", "handed_to_legal"}


def test_a_day_knows_the_last_word_of_it(simulation: Simulate, book: Book) -> None:
    """Every day has a mark, and it is none of a later day."""
    setting = _setting(simulation)
    for life in _lives(simulation, book):
        for day, mark in marks_by_day(life, setting.begins, setting.ends):
            assert mark.day <= day
            bucket_of(mark, day)
