"""All of Temporal's data is gone in the middle of the work: the cases go on from the record."""

from pathlib import Path

from tests.support.processes.plant import Plant
from tests.support.tapes.files import write_tape

LOANS = 60  # 1 to 60 days past due: several are contacted each day
ALL_RUN = "SELECT count(*) = $1 FROM collection_cases WHERE started_at IS NOT NULL"


async def test_cases_outlive_their_engine(plant: Plant, tmp_path: Path) -> None:
    """The schedule that is installed again takes all of them up; nobody is written to twice."""
    await plant.execute(
        """
        CREATE TABLE deliveries (reference text);
        CREATE FUNCTION count_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO deliveries VALUES (NEW.reference);
            RETURN NEW;
        END;
        $$;
        CREATE TRIGGER counted BEFORE INSERT ON simulated_outbox FOR EACH ROW
            EXECUTE FUNCTION count_delivery();
        """
    )
    days_past_due = {f"L-{number}": number for number in range(1, LOANS + 1)}
    tape = write_tape(tmp_path / "tape", plant.now.date(), days_past_due)
    await plant.command("starter.py", "import", str(tape), "--invent-people")
    await plant.start_worker()
    await plant.command("starter.py", "schedule")
    await plant.reach(ALL_RUN, LOANS)
    await plant.reach("SELECT count(*) > 20 FROM contact_attempts WHERE status = 'sent'")

    await plant.lose_engine()
    before = await plant.value("SELECT count(*) FROM contact_attempts")
    found = await plant.command("starter.py", "reconcile", "--dry-run", ends_with=1)
    assert f"lost            {LOANS}" in found
    await plant.start_worker()
    await plant.command("starter.py", "schedule")

    await plant.reach(
        "SELECT count(*) > $1 FROM contact_attempts WHERE status = 'sent'", before + 20
    )
    assert "lost            0" in await plant.command("starter.py", "reconcile")
    twice = "SELECT reference FROM deliveries GROUP BY reference HAVING count(*) > 1"
    assert await plant.rows(twice) == []
    assert "no guarantee is broken" in await plant.command("ops.py", "audit")
