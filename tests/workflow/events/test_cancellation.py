"""`cancel` in the Temporal UI ends no case: it is refused on record, and the case goes on."""

from datetime import timedelta
from itertools import count

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from database.case.cases import Cases, PinnedCase
from database.errors import DatabaseAwayError
from domain.case.state import Stage
from temporal.converter import DATA_CONVERTER
from temporal.sandbox import sandbox
from tests.support.lives.life import Life, StartLife, start_in
from workflows.loan_collection import LoanCollection


async def _cancel(life: Life) -> None:
    await life.handle.cancel()
    await life.settle()


@pytest.mark.parametrize("stage", [Stage.EARLY_CONTACT, Stage.PREPARATION, Stage.REPAYMENT])
async def test_cancellation_is_refused_on_record(start_life: StartLife, stage: Stage) -> None:
    """Crew, borrower and agreement are as they were; who asks reads what closes a case."""
    life = await start_in(start_life, stage)
    before, crew = await life.status(), await life.booked_crew()

    await _cancel(life)

    status = await life.status()
    [refusal] = [each for each in status["last_refusals"] if each["rule_id"] == "LC-CANCEL"]
    assert "case_closed" in refusal["reason"]
    for what in ("stage", "waiting_for", "visit", "plan"):
        assert status[what] == before[what]
    assert await life.booked_crew() == crew
    [event] = await life.fetch(
        "SELECT accepted, source, name FROM case_events ORDER BY sequence DESC LIMIT 1"
    )
    assert event == {"accepted": False, "source": "temporal", "name": "workflow_cancellation"}


async def test_case_that_was_cancelled_goes_on_to_its_end(start_life: StartLife) -> None:
    """With its messages and its events; and a worker that has forgotten it finds its way again."""
    life = await start_life(5)
    await _cancel(life)
    await life.skip_to(life.loan.at_days_past_due(8))
    assert await life.contacts() == ["overdue_notice"]

    replayer = Replayer(
        workflows=[LoanCollection],
        data_converter=DATA_CONVERTER,
        workflow_runner=sandbox(),
        debug_mode=True,
    )
    replayed = await replayer.replay_workflow(await life.handle.fetch_history())
    assert replayed.replay_failure is None

    await life.accepted("hold_placed", hold_id="H-1", reason="dispute")
    await life.skip(timedelta(days=2))
    await life.pay()
    assert await life.outcome() == "cured"


async def test_cancellation_while_the_case_is_taken_up(
    start_life: StartLife, env: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away, and somebody cancels what seems to be stuck."""
    take_up_case, tries = Cases.take_up_case, count()

    async def take_up(self: Cases, case_id: str) -> PinnedCase:
        if next(tries) == 0:
            await env.client.get_workflow_handle("loan-L-1").cancel()
            raise DatabaseAwayError(OSError("away"))
        return await take_up_case(self, case_id)

    monkeypatch.setattr(Cases, "take_up_case", take_up)
    life = await start_life(5)
    await life.settle()
    refused = {each["rule_id"] for each in (await life.status())["last_refusals"]}
    assert "LC-CANCEL" in refused
    await life.pay()
    assert await life.outcome() == "cured"
