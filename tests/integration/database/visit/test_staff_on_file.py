"""Staff on file: who may grant how much."""

from database.sql import Pool
from database.visit.staff import Staff
from domain.plan.authority import Level


async def test_staff_is_put_on_file(pool: Pool) -> None:
    """Safe to repeat; a known id takes the new level. Who has left has left, and is named."""
    staff = Staff(pool)
    await staff.add_staff({"A-8": Level.APPROVER, "A-9": Level.APPROVER})
    await pool.execute("UPDATE staff SET active = false WHERE staff_id = 'A-8'")
    again = {"A-8": Level.APPROVER, "A-9": Level.SENIOR_APPROVER}
    assert await staff.add_staff(again) == ["A-8"]
    rows = await pool.fetch("SELECT staff_id, level, active FROM staff ORDER BY 1")
    assert [tuple(row) for row in rows] == [
        ("A-8", "approver", False),
        ("A-9", "senior_approver", True),
    ]
