"""From the event that ends a case to its end, hours may pass: the borrower is protected in them."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life
from tests.support.lives.parts import sent_as

COMPLAINT = {"complaint_id": "C-1", "about": "the sale"}
HOLD = ("hold_placed", {"hold_id": "H-1", "reason": "bereavement"})
OPT_OUT = ("contact_preferences_changed", {"blocked_channels": ["sms"]})
SAID = ("borrower_said", {"says": "disputes", "by": "call"})


async def _sell_at_night(life: Life) -> None:
    """A plan is honoured, and the word that it has ended waits for the morning."""
    await life.drive_to(Stage.REPAYMENT)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 22))
    await life.accepted("case_closed", outcome="transferred", reason="sold")
    assert (await life.status())["next_action"]["what"] == "plan_withdrawn by sms"


@pytest.mark.parametrize(
    ("name", "body"),
    [HOLD, OPT_OUT, SAID, ("complaint_filed", COMPLAINT)],
    ids=lambda v: str(v)[:8],
)
async def test_what_is_said_at_night_keeps_back_the_word_of_the_morning(
    life: Life, name: str, body: dict[str, Any]
) -> None:
    """It is given up on record, and the case comes to its end under a hold that has none."""
    await _sell_at_night(life)
    before = await life.contacts()
    await life.accepted(name, **body)
    assert await life.outcome() == "transferred"
    assert await life.contacts() == before
    refused = await life.value(
        "SELECT count(*) FROM contact_refusals WHERE intent_key LIKE '%:withdrawn'"
    )
    assert refused == 1


async def test_hold_that_ends_in_time_only_puts_the_word_off(life: Life) -> None:
    """It is sent after the hold, and not given up."""
    await _sell_at_night(life)
    until = await life.now() + timedelta(hours=15)
    await life.accepted("hold_placed", hold_id="H-1", reason="dispute", until=until.isoformat())
    assert await life.outcome() == "transferred"
    [told] = await sent_as(life, "plan_withdrawn")
    assert told["sent_at"] >= until


async def test_hold_that_is_released_at_night_keeps_nothing_back(life: Life) -> None:
    """It would hold for good, where nobody could release it."""
    await _sell_at_night(life)
    await life.accepted("hold_placed", hold_id="H-1", reason="bereavement")
    await life.accepted("hold_released", hold_id="H-1")
    assert await life.outcome() == "transferred"
    assert len(await sent_as(life, "plan_withdrawn")) == 1


async def test_desk_is_told_of_a_complaint_at_once(life: Life) -> None:
    """Its days are counted from the filing: it does not wait for the end of the case."""
    await _sell_at_night(life)
    await life.accepted("complaint_filed", **COMPLAINT)
    kinds = "SELECT array_agg(kind) FROM staff_notices WHERE audience = 'complaint_desk'"
    assert await life.value(kinds) == ["complaint_to_answer"]
    await life.accepted("complaint_extended", complaint_id="C-1", approver_id="M-1", reason="long")
    await life.accepted("complaint_resolved", complaint_id="C-1", upheld=False, handler_id="H-1")
    assert await life.outcome() == "transferred"
    assert await life.value(kinds) == ["complaint_to_answer", "complainant_to_tell"]
    assert len(await sent_as(life, "plan_withdrawn")) == 1


async def test_complaint_that_keeps_back_the_word_of_a_visit_says_so_to_its_desk(
    life: Life,
) -> None:
    """Nobody may write that the crew does not come: who answers says it."""
    status = await life.drive_to(Stage.PREPARATION)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 22))
    await life.accepted("case_closed", outcome="written_off", reason="decided elsewhere")
    assert (await life.status())["next_action"]["what"] == "visit_called_off by sms"
    await life.accepted("complaint_filed", **COMPLAINT)
    assert await life.outcome() == "written_off"
    assert "visit_called_off" not in await life.contacts()
    body = json.loads(
        await life.value("SELECT body::text FROM staff_notices WHERE body ? 'visit_called_off'")
    )
    assert datetime.fromisoformat(body["visit_starts_at"]) == datetime.fromisoformat(
        status["visit"]["slot"]["start"]
    )


async def test_complaint_at_night_of_a_paid_case_is_told_at_once(life: Life) -> None:
    """The closing notice waits for the answer, the desk for nothing."""
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 22))
    await life.pay()
    await life.accepted("complaint_filed", **COMPLAINT)
    kinds = "SELECT array_agg(kind) FROM staff_notices WHERE audience = 'complaint_desk'"
    assert await life.value(kinds) == ["complaint_to_answer"]
    assert await life.outcome() == "cured"
