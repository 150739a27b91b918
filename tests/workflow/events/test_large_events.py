"""Events larger than any has to be: refused, and kept out of the history where that is possible."""

import pytest
from temporalio.client import WorkflowUpdateFailedError

from domain.events import LARGEST_BODY, LARGEST_RECORDED_BODY
from tests.support.lives.life import StartLife

PAYMENT = {"payment_id": "P-1", "amount_minor": 1000, "junk": "x" * LARGEST_BODY}


async def test_update_that_is_too_large_comes_into_no_history(start_life: StartLife) -> None:
    """Its caller hears so at once; the same event without the rest is taken."""
    life = await start_life(5)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await life.deliver("payment_received", **PAYMENT)
    assert f"larger than {LARGEST_BODY} characters" in str(refused.value.cause)
    assert len((await life.handle.fetch_history()).to_json()) < LARGEST_BODY
    await life.accepted("payment_received", payment_id="P-1", amount_minor=1000)


async def test_signal_that_is_too_large_is_refused_on_record(start_life: StartLife) -> None:
    """The server has it before we do; what is recorded of it is cut."""
    life = await start_life(5)
    await life.signal("payment_received", **PAYMENT)
    await life.settle()
    [row] = await life.fetch("SELECT accepted, reason, length(body::text) AS size FROM case_events")
    assert not row["accepted"]
    assert row["reason"].startswith("LC-CONTRACT: the event is larger than")
    assert row["size"] < 2 * LARGEST_RECORDED_BODY
    assert await life.value("SELECT count(*) FROM payments") == 0
