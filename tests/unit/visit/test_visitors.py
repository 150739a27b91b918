"""What a borrower hears of a visitor: by code, badge and time, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.visit.visitors import (
    Booking,
    UnreadableQuestionError,
    VisitorAnswer,
    blocked_until,
    judge_visitor,
    read_question,
)

START = datetime(2026, 4, 20, 4, tzinfo=UTC)
TOLERANCE = timedelta(hours=1)
QUESTION = {"visit_code": "012345", "badge_id": "C-1", "caller": "hotline-7"}


def _booking(
    starts_at: datetime = START,
    *,
    announced: bool = True,
    confirmed: bool = True,
    called_off: bool = False,
    is_inside: bool = False,
    is_over: bool = False,
    is_dismissed: bool = False,
) -> Booking:
    return Booking(
        visit_id="V-1",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        is_announced=announced,
        is_confirmed=confirmed,
        is_called_off=called_off,
        is_inside=is_inside,
        is_over=is_over,
        is_dismissed=is_dismissed,
    )


@pytest.mark.parametrize(
    ("minutes", "answer", "off"),
    [
        (-24 * 60, "expected_later", "called_off"),
        (-61, "expected_later", "called_off"),
        (-60, "expected_now", "called_off"),
        (0, "expected_now", "called_off"),
        (119, "expected_now", "called_off"),
        (120, "not_ours", "not_ours"),
    ],
)
def test_expected_from_the_tolerance_until_the_end(minutes: int, answer: str, off: str) -> None:
    """Each below, at and above; a visit that was called off is said to be, until its end."""
    now = START + timedelta(minutes=minutes)
    assert judge_visitor([_booking()], TOLERANCE, now)[0] == answer
    assert judge_visitor([_booking(called_off=True)], TOLERANCE, now)[0] == off


def test_nobody_is_expected_before_the_borrower_knows_or_agrees() -> None:
    """What is proposed may be later; what they were not told of, or ignored, is nothing."""
    earlier = START - timedelta(days=1)
    assert judge_visitor([_booking(confirmed=False)], TOLERANCE, earlier)[0] == "expected_later"
    unknown = _booking(announced=False, confirmed=False)
    assert judge_visitor([unknown], TOLERANCE, earlier)[0] == "not_ours"
    assert judge_visitor([_booking(confirmed=False)], TOLERANCE, START)[0] == "not_ours"
    assert judge_visitor([], TOLERANCE, START) == (VisitorAnswer.NOT_OURS, None)


def test_appointment_that_was_moved() -> None:
    """Who comes at the old time is called off, though expected at the new one."""
    old, new = _booking(called_off=True), _booking(START + timedelta(days=2))
    assert judge_visitor([old, new], TOLERANCE, START)[0] == "called_off"
    assert judge_visitor([old, new], TOLERANCE, START + timedelta(hours=3))[0] == "expected_later"
    assert judge_visitor([old, new], TOLERANCE, new.starts_at) == ("expected_now", "V-1")
    both = [_booking(), _booking(called_off=True)]  # booked again for the same time
    assert judge_visitor(both, TOLERANCE, START)[0] == "expected_now"


@pytest.mark.parametrize("minutes", [-90, 0, 119, 120, 300])
def test_crew_that_is_inside_is_ours(minutes: int) -> None:
    """However long it stays, also past the end that was told, and whether it was released."""
    now = START + timedelta(minutes=minutes)
    for off in (False, True):
        inside = _booking(called_off=off, is_inside=True)
        assert judge_visitor([inside], TOLERANCE, now) == ("expected_now", "V-1")


@pytest.mark.parametrize("is_dismissed", [False, True])
@pytest.mark.parametrize("inside", [False, True])
def test_nobody_is_expected_after_the_report_and_nobody_who_was_dismissed(
    *, is_dismissed: bool, inside: bool
) -> None:
    """Neither at the hour nor the day before; who rings then is not ours."""
    for now in (START - timedelta(days=1), START, START + timedelta(minutes=119)):
        booking = _booking(is_inside=inside, is_over=not is_dismissed, is_dismissed=is_dismissed)
        assert judge_visitor([booking], TOLERANCE, now) == (VisitorAnswer.NOT_OURS, None)


def test_limit_lets_the_next_question_through_when_the_oldest_is_old_enough() -> None:
    """At the limit and below it."""
    window = timedelta(minutes=10)
    asked = [START - timedelta(minutes=minutes) for minutes in (1, 4, 9)]
    assert blocked_until(asked, 4, window, START) is None
    assert blocked_until(asked, 3, window, START) == START + timedelta(minutes=1)
    assert blocked_until(asked, 3, window, START + timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "the question must be one JSON object"),
        ([QUESTION], "the question must be one JSON object"),
        (QUESTION | {"visit_code": "12345"}, "visit_code: "),
        (QUESTION | {"visit_code": 123456}, "visit_code: "),
        (QUESTION | {"visit_code": "123456\n"}, "visit_code: "),
        (QUESTION | {"visit_code": "١٢٣٤٥٦"}, "visit_code: "),
        (QUESTION | {"badge_id": ""}, "badge_id: "),
        (QUESTION | {"caller": "+86-10-0000-0000"}, "caller: must be the asking"),
        (QUESTION | {"caller": "13000000000"}, "caller: must be the asking"),
    ],
)
def test_question_of_a_wrong_shape_is_refused_by_field(body: object, reason: str) -> None:
    """And no value is repeated: it might be personal."""
    with pytest.raises(UnreadableQuestionError) as refused:
        read_question(body)
    assert str(refused.value).startswith(reason)
    assert "0000" not in str(refused.value)


def test_every_missing_field_is_named_and_others_are_ignored() -> None:
    """At once."""
    with pytest.raises(UnreadableQuestionError) as refused:
        read_question({})
    for field in QUESTION:
        assert f"{field}: is missing" in str(refused.value)
    assert read_question(QUESTION | {"more": 1}).caller == "hotline-7"
