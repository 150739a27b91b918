"""Crews are booked by roster: who fits, who is free, and no slot lost or given twice."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest

from database.sql import Pool, open_pool
from database.visit.visits import CrewMember, SlotWish, Visits
from domain.case.state import Slot
from domain.policy.policy import Policy
from tests.support.visits import GAP, MONDAY, VISIT, insert_members, insert_visits, wish

TEN = MONDAY + timedelta(hours=2)  # in Shanghai
SATURDAY = TEN + timedelta(days=5)
WEEKDAYS = [1, 2, 3, 4, 5]


@pytest.fixture
async def visits(pool: Pool, policy: Policy) -> Visits:
    """Three approved visits and nobody to make them."""
    await insert_visits(pool, policy, 3)
    return Visits(pool)


async def _booked(visits: Visits, at: SlotWish) -> list[str]:
    slot = await visits.book_crew(at)
    return [] if slot is None else slot.badge_ids


@pytest.mark.parametrize(
    ("member", "fits"),
    [
        (CrewMember("C-1", "x"), True),
        (CrewMember("C-1", "x", region="north"), True),
        (CrewMember("C-1", "x", region="south"), False),
        (CrewMember("C-1", "x", skills=["en", "zh"]), True),
        (CrewMember("C-1", "x", skills=["en"]), False),
        (CrewMember("C-1", "x", None, None, WEEKDAYS, time(10), time(12)), True),
        (CrewMember("C-1", "x", None, None, WEEKDAYS, time(10, 1), time(18)), False),
        (CrewMember("C-1", "x", None, None, WEEKDAYS, time(9), time(11, 59)), False),
        (CrewMember("C-1", "x", None, None, [2, 3], time(9), time(18)), False),
        (CrewMember("C-1", "x", absences=[(date(2026, 4, 20), date(2026, 4, 20))]), False),
        (CrewMember("C-1", "x", absences=[(date(2026, 4, 18), date(2026, 4, 21))]), False),
        (CrewMember("C-1", "x", absences=[(date(2026, 4, 21), date(2026, 4, 22))]), True),
        (CrewMember("K-1", "x"), False),  # the applicant
        (CrewMember("A-1", "x"), False),  # the approver
    ],
)
async def test_only_who_fits_is_booked(visits: Visits, member: CrewMember, fits: bool) -> None:
    """Monday, ten to twelve, in the north, in Chinese."""
    await visits.add_crew([member])
    assert await _booked(visits, wish(1, TEN, size=1)) == ([member.badge_id] if fits else [])


async def test_barred_member_is_not_sent_to_that_borrower(pool: Pool, visits: Visits) -> None:
    """For another they are."""
    await visits.add_crew([CrewMember("C-1", "x")])
    await pool.execute("INSERT INTO crew_bars VALUES ('B-1', 'C-1', $1, 'complaint')", MONDAY)
    assert await _booked(visits, wish(1, TEN, size=1)) == []
    assert await _booked(visits, wish(2, TEN, size=1)) == ["C-1"]


async def test_weekend_day_that_is_worked_counts_as_a_weekday(visits: Visits) -> None:
    """For whoever works on weekdays; not for whoever works on Sundays only."""
    on_weekdays = CrewMember("C-1", "x", None, None, WEEKDAYS, time(9), time(18))
    on_sundays = CrewMember("C-2", "x", None, None, [7], time(9), time(18))
    await visits.add_crew([on_weekdays, on_sundays])
    at = wish(1, SATURDAY, size=1)
    assert await _booked(visits, at) == []
    worked = at.model_copy(update={"make_up_days": [date(2026, 4, 25)]})
    assert await _booked(visits, worked) == ["C-1"]


async def test_visits_of_one_member_leave_time_to_travel(visits: Visits) -> None:
    """An hour, before and after."""
    await visits.add_crew([CrewMember("C-1", "x")])
    step = VISIT + GAP
    minute = timedelta(minutes=1)
    assert await _booked(visits, wish(1, TEN, size=1)) == ["C-1"]
    near = [TEN + step - minute, TEN - step + minute]
    assert await _booked(visits, wish(2, *near, size=1)) == []
    assert await _booked(visits, wish(2, *near, TEN + step, size=1)) == ["C-1"]
    assert await _booked(visits, wish(3, TEN - step, size=1)) == ["C-1"]


async def test_borrower_has_one_appointment_a_day(pool: Pool, visits: Visits) -> None:
    """Also where another loan is about to be visited, by another crew, at another hour."""
    await insert_members(pool, 4)
    await pool.execute("UPDATE loans SET borrower_id = 'B-1' WHERE loan_id = 'L-2'")
    assert await visits.book_crew(wish(1, TEN)) is not None
    later, tomorrow = TEN + VISIT + 2 * GAP, TEN + timedelta(days=1)
    slot = await visits.book_crew(wish(2, TEN, later, tomorrow))
    assert slot is not None
    assert slot.start == tomorrow
    assert await visits.book_crew(wish(3, TEN)) is not None


async def test_booking_is_repeated_and_released(pool: Pool, visits: Visits) -> None:
    """The same wish again answers with the same slot, until it is released."""
    await insert_members(pool, 2)
    slot = await visits.book_crew(wish(1, TEN))
    assert slot == Slot(
        slot_id="V-1:slot-1", start=TEN, end=TEN + VISIT, badge_ids=["C-01", "C-02"]
    )
    assert await visits.book_crew(wish(1, TEN + timedelta(days=1))) == slot
    assert await visits.book_crew(wish(2, TEN)) is None
    await visits.release_crew("V-1", MONDAY)
    assert await _booked(visits, wish(2, TEN)) == ["C-01", "C-02"]


async def test_roster_is_repeated_and_replaces_what_it_says(pool: Pool, visits: Visits) -> None:
    """A member's row counts as a whole; absences that it does not speak of stay on file."""
    off = [(date(2026, 4, 20), date(2026, 4, 20))]
    first = CrewMember("C-1", "x", "south", ["en"], WEEKDAYS, time(9), time(18), off)
    for _ in range(2):
        await visits.add_crew([first])
    assert await pool.fetchval("SELECT count(*) FROM crew_absences") == 1
    await visits.add_crew([CrewMember("C-1", "y")])
    row = await pool.fetchrow("SELECT full_name, region, skills, work_days FROM crew_members")
    assert row is not None
    assert tuple(row) == ("y", None, None, None)
    assert await pool.fetchval("SELECT count(*) FROM crew_absences") == 1
    await visits.add_crew([CrewMember("C-1", "y", absences=[])])
    assert await pool.fetchval("SELECT count(*) FROM crew_absences") == 0


CREWS, TIMES = 10, 12
STARTS = [
    datetime(2026, 4, 20, 2, tzinfo=UTC) + timedelta(days=day, hours=hour)
    for day in range(TIMES // 4)
    for hour in (0, 3, 6, 9)
]


@pytest.mark.parametrize("wanted", [CREWS * TIMES, CREWS * TIMES + 50])
async def test_no_double_booking_and_no_lost_slot(
    database_url: str, pool: Pool, policy: Policy, wanted: int
) -> None:
    """Ten crews of two, twelve times: of all who ask at once, exactly 120 get a place."""
    await insert_visits(pool, policy, wanted)
    await insert_members(pool, 2 * CREWS)
    many = await open_pool(database_url, size=30)
    try:
        slots = await asyncio.gather(
            *(Visits(many).book_crew(wish(visit, *STARTS)) for visit in range(1, wanted + 1))
        )
    finally:
        await many.close()
    booked = [slot for slot in slots if slot is not None]
    assert len(booked) == CREWS * TIMES
    assert Counter(slot.start for slot in booked) == dict.fromkeys(STARTS, CREWS)
    members = Counter((slot.start, badge) for slot in booked for badge in slot.badge_ids)
    assert len(members) == 2 * CREWS * TIMES
    assert set(members.values()) == {1}
    rows = await pool.fetchval("SELECT count(*) FROM visit_crew WHERE released_at IS NULL")
    assert rows == 2 * CREWS * TIMES
