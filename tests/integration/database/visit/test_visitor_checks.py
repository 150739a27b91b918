"""Visitor checks on the record: the right answer, once, and too few to guess a code."""

import asyncio
from datetime import datetime, timedelta

import pytest

from database.sql import Pool
from database.visit.visitor_checks import VisitorChecks
from database.visit.visits import Visits
from domain.policy.policy import Policy
from domain.visit.status import VisitStatus
from domain.visit.visitors import VisitorAnswer, VisitorQuestion
from tests.support.visits import MONDAY, insert_members, insert_visits, wish

TEN = MONDAY + timedelta(hours=2)
DAY_BEFORE = TEN - timedelta(days=1)


@pytest.fixture
async def checks(pool: Pool, policy: Policy) -> VisitorChecks:
    """Visit V-1 with the code 000001 is confirmed for C-01 and C-02 at ten."""
    await insert_visits(pool, policy, 2)
    await insert_members(pool, 3)
    await Visits(pool).book_crew(wish(1, TEN))
    await pool.execute(
        "UPDATE visits SET status = 'confirmed', notice_sent_at = $1, confirmed_at = $1"
        " WHERE visit_id = 'V-1'",
        MONDAY,
    )
    return VisitorChecks(pool, policy.visit)


def _question(
    code: str = "000001", badge: str = "C-01", caller: str = "hotline-1"
) -> VisitorQuestion:
    return VisitorQuestion(visit_code=code, badge_id=badge, caller=caller)


async def _answer(
    checks: VisitorChecks, now: datetime, check_id: str = "", **question: str
) -> str | None:
    """The answer to a question that somebody else asks each time."""
    result = await checks.check_visitor(
        check_id or f"{now}:{question}",
        _question(**({"caller": f"at-{now.timestamp()}"} | question)),
        now,
    )
    return result.answer


async def test_answer_depends_on_code_badge_and_time_together(checks: VisitorChecks) -> None:
    """Another badge, another visit's code, another hour: no word of the visit."""
    assert await _answer(checks, TEN) == "expected_now"
    assert await _answer(checks, TEN, badge="C-02") == "expected_now"
    assert await _answer(checks, TEN, badge="C-03") == "not_ours"
    assert await _answer(checks, TEN, badge="nobody") == "not_ours"
    assert await _answer(checks, TEN, code="000002") == "not_ours"
    assert await _answer(checks, TEN - timedelta(hours=3)) == "expected_later"
    assert await _answer(checks, TEN + timedelta(hours=2)) == "not_ours"


async def test_released_crew_is_called_off_unless_it_has_been_there(
    pool: Pool, checks: VisitorChecks
) -> None:
    """Whoever is there is ours, also when released; once the visit is over, nobody is expected."""
    await pool.execute(
        "UPDATE visits SET status = 'checked_in', checked_in_at = $1 WHERE slot_id IS NOT NULL", TEN
    )
    await Visits(pool).release_crew("V-1", TEN)
    for late in (timedelta(0), timedelta(hours=5)):
        assert await _answer(checks, TEN + late) == "expected_now"
    await Visits(pool).end_visit("V-1", VisitStatus.COMPLETED, "agreed", TEN)
    assert await _answer(checks, TEN + timedelta(minutes=1)) == "not_ours"
    await Visits(pool).book_crew(wish(2, TEN))
    await pool.execute(
        "UPDATE visits SET notice_sent_at = $1, status = 'proposed' WHERE visit_id = 'V-2'", MONDAY
    )
    assert await _answer(checks, DAY_BEFORE, code="000002") == "expected_later"
    await Visits(pool).release_crew("V-2", TEN)
    a_minute_later = DAY_BEFORE + timedelta(minutes=1)
    assert await _answer(checks, a_minute_later, code="000002") == "called_off"


async def test_after_the_report_nobody_is_expected(pool: Pool, checks: VisitorChecks) -> None:
    """Nor is a crew that never came, and of which that is known; before it, it is."""
    assert await _answer(checks, TEN) == "expected_now"
    await pool.execute("UPDATE visits SET reported_at = $1, outcome = 'not_present'", TEN)
    assert await _answer(checks, TEN + timedelta(minutes=30)) == "not_ours"


async def test_who_was_dismissed_is_not_ours(pool: Pool, checks: VisitorChecks) -> None:
    """At once, before the visit and in the middle of it; a badge is read out in any letters."""
    assert await _answer(checks, TEN, badge="c-01") == "expected_now"
    await pool.execute("UPDATE crew_members SET active = false WHERE badge_id = 'C-01'")
    for badge, answer in (("C-01", "not_ours"), ("c-01", "not_ours"), ("C-02", "expected_now")):
        assert await _answer(checks, TEN + timedelta(minutes=1), badge=badge) == answer
    assert await _answer(checks, DAY_BEFORE) == "not_ours"
    await pool.execute("UPDATE visits SET checked_in_at = $1 WHERE visit_id = 'V-1'", TEN)
    assert await _answer(checks, TEN + timedelta(minutes=2)) == "not_ours"


async def test_check_is_recorded_once(pool: Pool, checks: VisitorChecks) -> None:
    """Tried again it answers the same, whatever the time is by then."""
    for minutes in (0, 300):
        now = TEN + timedelta(minutes=minutes)
        assert await _answer(checks, now, "check-1", caller="hotline-1") == "expected_now"
    assert await _answer(checks, TEN, badge="nobody") == "not_ours"
    rows = await pool.fetch(
        "SELECT caller, visit_code, badge_id, visit_id, answer FROM visitor_checks ORDER BY answer"
    )
    assert [tuple(row) for row in rows] == [
        ("hotline-1", "000001", "C-01", "V-1", "expected_now"),
        (f"at-{TEN.timestamp()}", "000001", "nobody", None, "not_ours"),
    ]


async def test_caller_waits_after_five_questions(pool: Pool, checks: VisitorChecks) -> None:
    """The refusal says until when; asking again in between does not make it longer."""
    ask = [
        checks.check_visitor(f"c-{n}", _question(code=f"90000{n}"), TEN + timedelta(seconds=n))
        for n in range(7)
    ]
    results = [await each for each in ask]
    assert [result.answer for result in results[:5]] == ["not_ours"] * 5
    free_at = TEN + timedelta(minutes=10)
    assert results[5].answer is None
    assert results[5].retry_at == results[6].retry_at == free_at
    late = await checks.check_visitor("c-8", _question(), free_at - timedelta(seconds=1))
    assert late.retry_at == free_at
    assert (await checks.check_visitor("c-9", _question(), free_at)).answer == "expected_now"
    assert await _answer(checks, TEN, caller="hotline-2") == "expected_now"
    refused = await pool.fetchval("SELECT count(*) FROM visitor_checks WHERE answer IS NULL")
    assert refused == 3


async def test_code_is_answered_for_twenty_times_a_day(checks: VisitorChecks) -> None:
    """Whoever asks: guessing badges for one code under many names ends there, too."""
    answers = [
        await checks.check_visitor(f"c-{n}", _question(badge=f"X-{n}", caller=f"h-{n}"), DAY_BEFORE)
        for n in range(21)
    ]
    assert [result.answer for result in answers] == ["not_ours"] * 20 + [None]
    assert answers[20].retry_at == DAY_BEFORE + timedelta(days=1)
    assert await _answer(checks, TEN) == "expected_now"  # a day later


async def test_limit_holds_for_questions_at_the_same_moment(checks: VisitorChecks) -> None:
    """Thirty at once by one caller: five answers."""
    results = await asyncio.gather(
        *(
            checks.check_visitor(f"c-{n}", _question(code=f"{n:06}", badge="C-03"), TEN)
            for n in range(30)
        )
    )
    assert sum(result.answer is not None for result in results) == 5


async def test_guessing_a_code_is_stopped_by_the_limits(checks: VisitorChecks) -> None:
    """Every minute for two hours: sixty answers for a million codes."""
    answers = [
        (
            await checks.check_visitor(
                f"c-{n}", _question(code=f"{500_000 + n}"), TEN + timedelta(minutes=n)
            )
        ).answer
        for n in range(120)
    ]
    assert answers.count(VisitorAnswer.NOT_OURS) == 60
    assert answers.count(None) == 60
