"""Processes die in the middle of their work, on the real servers: nothing is lost, nothing twice.

The worker is killed while it contacts somebody, the database crashes and recovers, Temporal is
killed and comes back with its data. Meanwhile time passes, and other systems go on sending.
"""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from temporal.converter import DATA_CONVERTER
from tests.support.processes.deaths import Victim
from tests.support.processes.patience import until
from tests.support.processes.plant import Plant
from tests.support.tapes.files import write_tape

LOANS = 60  # 1 to 60 days past due: several are contacted each day
PAID = 600_000  # months ahead: no further instalment falls due on a slow machine
PAYS = [f"L-{number}" for number in range(10, LOANS, 10)]
HELD = [f"L-{number}" for number in range(5, LOANS - 5, 10)]
DOWN_SECONDS = 0.7  # half a business day, on a quick machine

STRIKES = [
    {Victim.WORKER},
    {Victim.POSTGRES},
    {Victim.TEMPORAL},
    {Victim.WORKER, Victim.POSTGRES},
    {Victim.WORKER, Victim.POSTGRES, Victim.TEMPORAL},
]

# The provider counts how often it is asked to deliver, also what it has taken before; and what it
# took is written down slowly, so that death comes in between. A statement ends with its client.
PROVIDER_AND_PEN = """
    ALTER ROLE postgres SET client_connection_check_interval = '20ms';
    CREATE TABLE deliveries (reference text, number text, channel text, at timestamptz);
    CREATE FUNCTION count_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO deliveries VALUES (NEW.reference, NEW.number, NEW.channel, NEW.sent_at);
        RETURN NEW;
    END;
    $$;
    CREATE TRIGGER counted BEFORE INSERT ON simulated_outbox FOR EACH ROW
        EXECUTE FUNCTION count_delivery();
    CREATE FUNCTION write_slowly() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_sleep(0.3);
        RETURN NEW;
    END;
    $$;
    CREATE TRIGGER slow BEFORE UPDATE ON contact_attempts FOR EACH ROW
        WHEN (NEW.status = 'sent') EXECUTE FUNCTION write_slowly();
"""


async def test_nothing_is_lost_and_nothing_twice(plant: Plant, tmp_path: Path) -> None:
    """Every kind of death several times, one at a time and together."""
    await plant.execute(PROVIDER_AND_PEN)
    days_past_due = {f"L-{number}": number for number in range(1, LOANS + 1)}
    now = plant.now
    tape = write_tape(tmp_path / "tape", now.date(), days_past_due)
    await plant.command("starter.py", "import", str(tape), "--invent-people")
    await plant.start_worker()
    await plant.command("starter.py", "schedule")
    await plant.reach(
        "SELECT count(*) = $1 FROM collection_cases WHERE started_at IS NOT NULL", LOANS
    )
    client = await Client.connect(plant.temporal_address, data_converter=DATA_CONVERTER)
    payers, held = iter(PAYS), iter(HELD)
    async with asyncio.TaskGroup() as senders:
        for victims in STRIKES:
            await plant.strike(victims)
            senders.create_task(_pay(client, next(payers), now))
            senders.create_task(_hold(client, next(held), now))
            await asyncio.sleep(DOWN_SECONDS)
            await plant.mend(victims)
    await _everything_goes_on(plant, client)
    await _nothing_was_sent_twice(plant)
    assert "no guarantee is broken" in await plant.command("ops.py", "audit")


async def _pay(client: Client, loan_id: str, at: datetime) -> None:
    """Pay all that is overdue. The ledger asks until it is heard, and then once more."""
    for _ in range(2):
        await _send(
            client,
            loan_id,
            "payment_received",
            at,
            event_id=f"{loan_id}-paid",
            payment_id=f"{loan_id}-paid",
            amount_minor=PAID,
        )


async def _hold(client: Client, loan_id: str, at: datetime) -> None:
    hold_id = f"{loan_id}-hold"
    await _send(
        client, loan_id, "hold_placed", at, event_id=hold_id, hold_id=hold_id, reason="dispute"
    )


async def _send(client: Client, loan_id: str, name: str, at: datetime, **body: Any) -> None:
    loan = client.get_workflow_handle(f"loan-{loan_id}")
    event = {"occurred_at": at.isoformat(), "source": "ledger"}
    while True:
        try:
            await loan.signal(name, event | body)
        except RPCError as error:
            if "already completed" in str(error):  # the first time was enough
                return
            await asyncio.sleep(0.1)
        else:
            return


async def _everything_goes_on(plant: Plant, client: Client) -> None:
    """Paid loans end, as paid once; every other one knows what it does next, and does it."""
    await plant.reach(
        "SELECT count(*) = $1 FROM collection_cases WHERE outcome IS NOT NULL", len(PAYS)
    )
    paid = await plant.rows(
        "SELECT c.loan_id, c.outcome, sum(p.amount_minor) AS minor FROM collection_cases c"
        " JOIN payments p USING (loan_id) WHERE p.kind = 'payment' GROUP BY 1, 2 ORDER BY 1"
    )
    assert [tuple(row) for row in paid] == [(loan, "cured", PAID) for loan in sorted(PAYS)]
    await plant.reach("SELECT count(*) = $1 FROM holds", len(HELD))
    await plant.reach(
        "SELECT bool_and(status = 'sent') FROM contact_attempts WHERE attempt_id = ANY ($1)",
        plant.half_done,
    )
    for row in await plant.rows("SELECT loan_id FROM collection_cases WHERE closed_at IS NULL"):
        await until(partial(_is_on_its_way, plant, client, row["loan_id"]), f"{row} goes on")
    before = await plant.value("SELECT count(*) FROM contact_attempts")
    await plant.reach(
        "SELECT count(*) > $1 FROM contact_attempts WHERE status = 'sent'", before + 10
    )


async def _is_on_its_way(plant: Plant, client: Client, loan_id: str) -> bool:
    """What it does next lies ahead, or is being done."""
    status = await client.get_workflow_handle(f"loan-{loan_id}").query("status")
    assert status["waiting_for"]
    next_at = datetime.fromisoformat(status["next_action"]["at"])
    return next_at > plant.now - timedelta(days=2)


async def _nothing_was_sent_twice(plant: Plant) -> None:
    """The provider was asked once for each contact, and nobody heard of us twice a day."""
    deadly = [victims for victims in STRIKES if victims != {Victim.TEMPORAL}]
    assert len(plant.half_done) >= len(deadly), "the drill shows nothing"
    twice = await plant.rows(
        "SELECT reference FROM deliveries GROUP BY reference HAVING count(*) > 1"
    )
    assert twice == []
    crowded = await plant.rows(
        "SELECT number FROM deliveries WHERE channel = 'sms'"
        " GROUP BY number, (at AT TIME ZONE 'Asia/Shanghai')::date HAVING count(*) > 1"
    )
    assert crowded == []
