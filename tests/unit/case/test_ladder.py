"""Early contact: the next step of the ladder, and what speaks against a visit."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.calendar import is_within
from domain.case.facts import Promise
from domain.case.ladder import PlannedStep, missed_before, missed_steps, next_look, next_step
from domain.case.situation import Situation
from domain.case.visit_need import reasons_against_visit
from domain.contact.hold import Hold
from domain.policy.contact import LadderStep, Purpose
from domain.policy.policy import Policy
from tests.support.situations import NOON, OVERDUE_SINCE, situation


def _at(policy: Policy, days: int, hour: int = 8, **changes: Any) -> Situation:
    """So many days past due, at an hour of the borrower's morning or evening."""
    day = OVERDUE_SINCE + timedelta(days=days)
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8)
    return situation(policy, now=now, **changes)


def _step(situation: Situation) -> PlannedStep:
    planned = next_step(situation)
    assert planned is not None
    return planned


@pytest.mark.parametrize(
    ("days", "hour", "expected"),
    [
        (0, 8, 1),
        (1, 8, 1),
        (1, 16, 1),
        (1, 17, 3),  # too late for today's: skipped
        (2, 8, 3),
        (121, 8, 125),
        (165, 8, 165),
    ],
)
def test_late_start_skips_what_was_missed(
    policy: Policy, days: int, hour: int, expected: int
) -> None:
    """The next step is today's or a later one, never an earlier one."""
    planned = _step(_at(policy, days, hour))
    assert planned.step.days_past_due == expected
    assert planned.key.startswith(f"{OVERDUE_SINCE}:dpd-{expected}-")


def test_ladder_has_an_end(policy: Policy) -> None:
    """After the last step, and when nothing is overdue, there is none."""
    assert next_step(_at(policy, 166)) is None
    assert next_step(_at(policy, 10, overdue_since=None)) is None


def test_contact_person_is_a_step_only_where_there_is_one(policy: Policy) -> None:
    """And where the policy permits to ask them at all."""
    assert _step(_at(policy, 56)).step.template == "overdue_call"
    located = _step(_at(policy, 56, has_contact_person=True)).step
    assert (located.days_past_due, located.template) == (60, "locate_call")
    assert located.purpose is Purpose.LOCATE
    wrong = policy.model_dump(mode="json")
    wrong["contact"]["third_parties"]["permitted"]["value"] = False
    never = Policy.model_validate(wrong)
    assert _step(_at(never, 56, has_contact_person=True)).step.template == "overdue_call"


def test_step_is_taken_once(policy: Policy) -> None:
    """Taken at noon, the next one is another day's."""
    first = _step(_at(policy, 3))
    later = _step(_at(policy, 3, 12, case={"last_step": first.key}))
    assert (first.step.days_past_due, later.step.days_past_due) == (3, 7)


def test_part_payment_starts_the_ladder_again(policy: Policy) -> None:
    """From the instalment that is now the oldest: the steps count from its date."""
    taken = _step(_at(policy, 30)).key
    since = OVERDUE_SINCE + timedelta(days=31)
    planned = _step(_at(policy, 32, overdue_since=since, case={"last_step": taken}))
    assert planned.key == f"{since}:dpd-1-sms"


def test_moment_is_in_the_planned_hours_and_the_loans_own(policy: Policy) -> None:
    """The same however often it is asked for, and not before now."""
    hours = policy.contact.planned_hours.value
    planned = _step(_at(policy, 7, 0))
    assert is_within(planned.at, hours, "Asia/Shanghai")
    assert _step(_at(policy, 6)).at == planned.at
    late = _at(policy, 7, 16)
    assert _step(late).at == max(planned.at, late.now)


def test_ripe_case_has_nothing_against_a_visit(policy: Policy) -> None:
    """SMS and calls were tried and did not work."""
    assert reasons_against_visit(situation(policy)) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"overdue_since": NOON.date() - timedelta(days=90)}, None),
        (
            {"overdue_since": NOON.date() - timedelta(days=89)},
            "89 days past due, a visit needs 90",
        ),
        ({"overdue_since": NOON.date() - timedelta(days=180)}, None),
        (
            {"overdue_since": NOON.date() - timedelta(days=181)},
            "181 days past due, visits end at 180",
        ),
        ({"messages_sent": 2}, None),
        ({"messages_sent": 1}, "1 messages sent, 2 needed"),
        ({"calls_made": 1}, None),
        ({"calls_made": 0}, "0 calls made, 1 needed"),
        ({"arrears_minor": 30_000}, None),
        ({"arrears_minor": 29_999}, "arrears below 30000"),
        ({"address_ids": []}, "no address on file"),
        ({"visit_blocked": True}, "the borrower wants no visit"),
        (
            {"promises": [Promise(promise_id="p", amount_minor=1, due_on=date(2026, 4, 25))]},
            "a promise to pay is open",
        ),
        ({"holds": [Hold(hold_id="h", reason="dispute")]}, "on hold"),
        ({"holds": [Hold(hold_id="h", reason="dispute", until=NOON)]}, None),
        ({"last_payment_at": NOON - timedelta(days=14)}, None),
        (
            {"last_payment_at": NOON - timedelta(days=13, hours=23)},
            "a payment in the last 14 days",
        ),
        ({"case": {"visits": 2}}, None),
        ({"case": {"visits": 3}}, "3 visits made, 3 allowed"),
        ({"case": {"cooling_until": NOON}}, None),
        (
            {"case": {"cooling_until": NOON + timedelta(seconds=1)}},
            "the last application came to nothing too recently",
        ),
    ],
)
def test_each_reason_against_a_visit(
    policy: Policy, changes: dict[str, Any], reason: str | None
) -> None:
    """Below, at and above its threshold; one thing changed, one reason given."""
    expected = [] if reason is None else [reason]
    assert reasons_against_visit(situation(policy, **changes)) == expected


def test_every_reason_is_given(policy: Policy) -> None:
    """Not only the first."""
    at = situation(policy, messages_sent=0, calls_made=0, address_ids=[], visit_blocked=True)
    assert len(reasons_against_visit(at)) == 4


@pytest.mark.parametrize(
    ("days", "changes", "expected"),
    [
        (10, {}, 90),
        (89, {}, 90),
        (90, {}, 181),  # when visits end
        (100, {"case": {"cooling_until": datetime(2026, 4, 30, tzinfo=UTC)}}, 111),
        (100, {"last_payment_at": datetime(2026, 4, 19, tzinfo=UTC)}, 114),
    ],
)
def test_next_look_is_when_time_may_change_the_answer(
    policy: Policy, days: int, changes: dict[str, Any], expected: int
) -> None:
    """In the hours of the day on which a visit becomes possible, or its time is over."""
    look = next_look(_at(policy, days, 12, **changes))
    assert look.date() == OVERDUE_SINCE + timedelta(days=expected)
    assert is_within(look, policy.contact.planned_hours.value, "Asia/Shanghai")


def test_next_look_is_always_ahead(policy: Policy) -> None:
    """Nothing is looked at in the past, and nothing sleeps for ever."""
    for days in range(200):
        at = _at(policy, days, 12)
        assert at.now < next_look(at) <= at.now + timedelta(days=200)
    assert next_look(_at(policy, 5, overdue_since=None)) == _at(policy, 6).now


def test_no_key_is_made_of_steps_that_are_behind(
    policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case that is old has most of its ladder behind it, and asks at each step."""
    asked = list[int]()

    def watched(step: LadderStep) -> str:
        asked.append(step.days_past_due)
        return f"dpd-{step.days_past_due}-{step.channel}"

    monkeypatch.setattr(LadderStep, "key", property(watched))
    assert _step(_at(policy, 163)).step.days_past_due == 165
    assert set(asked) == {165}


def test_missed_is_what_closed_in_a_time_and_was_not_taken(policy: Policy) -> None:
    """Nothing of before it, nothing of today that can still be taken, nothing of later."""
    first = _step(_at(policy, 3))
    now = _at(policy, 16, 8, case={"last_step": first.key})
    since = _at(policy, 4).now
    assert [each.step.days_past_due for each in missed_steps(now, since)] == [7, 15]
    assert missed_steps(now, _at(policy, 15, 23).now) == []
    in_its_hours = _at(policy, 15, 10, case={"last_step": first.key})
    assert [each.step.days_past_due for each in missed_steps(in_its_hours, since)] == [7]


def test_missed_before_is_what_a_change_that_is_seen_late_hides(policy: Policy) -> None:
    """By the facts of before it."""
    before, moved_to = _at(policy, 6), OVERDUE_SINCE + timedelta(days=31)
    assert [
        each.key for each in missed_before(before, _at(policy, 16, overdue_since=moved_to))
    ] == [
        f"{OVERDUE_SINCE}:dpd-7-sms",
        f"{OVERDUE_SINCE}:dpd-15-call",
    ]
    assert (
        missed_before(
            before._replace(now=_at(policy, 8).now), _at(policy, 14, overdue_since=moved_to)
        )
        == []
    )


def test_payment_takes_back_what_could_still_be_made_that_day(policy: Policy) -> None:
    """Its planned hours are over, the permitted ones are not; another policy takes nothing back."""
    before, moved_to = _at(policy, 6), OVERDUE_SINCE + timedelta(days=31)
    adopted = _at(policy.model_copy(update={"version": "cn-next"}), 7, 20)
    assert [each.step.days_past_due for each in missed_before(before, adopted)] == [7]
    assert missed_before(before, _at(policy, 7, 20, overdue_since=moved_to)) == []
    assert [
        each.step.days_past_due
        for each in missed_before(before, _at(policy, 7, 23, overdue_since=moved_to))
    ] == [7]
