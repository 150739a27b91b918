"""The file for the legal desk: its figures sum up, and visits come with all that was decided."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from database.case.legal_package import LegalPackages
from domain.case.state import Stage
from tests.support.lives.life import Life


async def _file(life: Life) -> dict[str, Any]:
    """The entries of the file that are JSON, of a case that is handed over now."""
    await life.accepted("case_closed", outcome="handed_to_legal", reason="x")
    await life.outcome()
    kept = await LegalPackages(life.pool).package_of("L-1")
    assert kept is not None
    with ZipFile(BytesIO(kept.content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        return {name: json.loads(archive.read(name)) for name in names}


def _sum(rows: list[dict[str, Any]]) -> int:
    return sum(row["amount_minor"] for row in rows if row.get("reversed_at") is None)


@pytest.mark.parametrize("paid_parts", [0, 1])
async def test_figures_sum_up(life: Life, paid_parts: int) -> None:
    """With a penalty that a plan charged, a payment that bounced, and a part that was paid."""
    await life.pool.execute("UPDATE loans SET penalty_rate_percent = 12")
    await life.drive_to(Stage.VISIT)
    await life.pay(1_000, payment_id="BOUNCES")
    await life.accepted("payment_reversed", payment_id="BOUNCES")
    await life.agree()
    await life.sign()
    for number in range(1, paid_parts + 1):
        await life.pay_part(number)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    statement = (await _file(life))["statement.json"]
    owed = _sum(statement["instalments"]) + _sum(statement["charges"])
    assert statement["charges"]
    outstanding = statement["debt"]["outstanding_minor"]
    assert owed - _sum(statement["payments"]) == outstanding
    assert sum(statement["components"]["outstanding"].values()) == outstanding
    overdue = statement["components"]["overdue"]
    assert sum(overdue.values()) == statement["debt"]["arrears_minor"]
    assert statement["components"]["penalty_minor"] >= 0


async def test_every_approval_and_every_crew_is_in_it(life: Life) -> None:
    """One approval that was withdrawn, and the crew of an appointment that did not take place."""
    status = await life.drive_to(Stage.PREPARATION)
    visit_id, first = status["visit"]["visit_id"], status["visit"]["slot"]
    await life.accepted("appointment_withdrawn", slot_id=first["slot_id"])
    await life.proposed()
    await life.accepted("approval_withdrawn", visit_id=visit_id, approver_id="A-1")
    [visit] = (await _file(life))["visits.json"]
    [approval] = visit["approvals"]
    assert (approval["approver_id"], approval["ended_because"]) == ("A-1", "withdrawn")
    slots = {each["slot_id"] for each in visit["appointments"]}
    assert first["slot_id"] in slots
    assert len(slots) == 2


async def test_who_is_barred_is_in_it(life: Life) -> None:
    """With the complaint that it follows from."""
    status = await life.drive_to(Stage.VISIT)
    await life.accepted("visit_checked_in", **life.check_in(status))
    await life.accepted("complaint_filed", complaint_id="C-1", about="the crew")
    crew = status["visit"]["slot"]["badge_ids"]
    await life.accepted(
        "complaint_resolved",
        complaint_id="C-1",
        upheld=True,
        handler_id="H-1",
        barred_badge_ids=crew,
    )
    complaints = (await _file(life))["complaints.json"]
    assert {each["badge_id"] for each in complaints["crew_bars"]} == set(crew)
    assert complaints["complaints"][0]["handler_id"] == "H-1"
