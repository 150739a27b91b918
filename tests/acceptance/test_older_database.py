"""Postgres comes back as it was some days before: what differs is named, nobody is told twice."""

import json
from pathlib import Path

import asyncpg

from tests.support.processes.plant import Plant
from tests.support.tapes.files import write_tape

LOANS = 40
SENT = "SELECT intent_key, loan_id FROM contact_attempts WHERE status = 'sent'"
MORE_SENT = "SELECT count(*) > $1 FROM contact_attempts WHERE status = 'sent'"

# What a loan's next step would add, whether it was made, refused or missed.
STEPS = """
    SELECT loan_id, stage, (SELECT count(*) FROM contact_attempts a WHERE a.case_id = c.case_id),
           (SELECT count(*) FROM contact_refusals r WHERE r.case_id = c.case_id)
    FROM collection_cases c
"""


async def _sent(plant: Plant) -> dict[str, str]:
    return {row["intent_key"]: row["loan_id"] for row in await plant.rows(SENT)}


async def _between_databases(plant: Plant, *statements: str) -> None:
    async with plant.disconnected() as address:
        connection = await asyncpg.connect(address)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()


async def test_what_the_record_has_lost_is_named_and_not_sent_again(
    plant: Plant, tmp_path: Path
) -> None:
    """The runs know what was sent since; each loan of which that is so is named."""
    days_past_due = {f"L-{number}": number for number in range(1, LOANS + 1)}
    tape = write_tape(tmp_path / "tape", plant.now.date(), days_past_due)
    await plant.command("starter.py", "import", str(tape), "--invent-people")
    await plant.start_worker()
    await plant.command("starter.py", "schedule")
    await plant.reach(MORE_SENT, LOANS // 2)
    await plant.stop_worker()
    kept = await _sent(plant)
    await _between_databases(plant, "CREATE DATABASE dump TEMPLATE collections")

    await plant.start_worker()
    await plant.reach(MORE_SENT, len(kept) + LOANS // 2)
    await plant.stop_worker()
    lost = {key: loan for key, loan in (await _sent(plant)).items() if key not in kept}
    await _between_databases(
        plant, "DROP DATABASE collections", "ALTER DATABASE dump RENAME TO collections"
    )

    restored = await plant.rows(STEPS)
    await plant.start_worker()
    found = await plant.command("starter.py", "reconcile", "--thorough", "--json", ends_with=1)
    named = {finding["loan_id"] for finding in json.loads(found)["findings"]}
    # Whose next step came meanwhile, within days of this clock, stands where the record does.
    moved_on = {row["loan_id"] for row in await plant.rows(STEPS) if row not in restored}
    assert set(lost.values()) - moved_on <= named

    await plant.reach(MORE_SENT, len(kept) + LOANS // 2)
    assert not set(await _sent(plant)) & set(lost)
