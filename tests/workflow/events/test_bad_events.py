"""Events with wrong or strange fields: each is judged for what it says, and none is lost."""

import json
from typing import Any

from tests.support.lives.conversation import Json
from tests.support.lives.life import Life, StartLife
from tests.support.shapes import as_json
from tests.support.world import event

PAYMENT = {"payment_id": "P-1", "amount_minor": 1000}


async def _goes_on(life: Life) -> None:
    """The run still takes events, and a good one still has its effect."""
    await life.accepted("payment_received", payment_id="P-good", amount_minor=1)


async def _refused(life: Life) -> list[Json]:
    return await life.fetch("SELECT * FROM case_events WHERE NOT accepted ORDER BY sequence")


async def test_update_without_a_name_says_so(start_life: StartLife) -> None:
    """Rather than that no event has the name it was given for the record."""
    life = await start_life(5)
    assert (await life.update({"event_id": "e"}))["reason"].startswith("LC-CONTRACT: name: is")
    answer = await life.update(5)
    assert answer["reason"] == "LC-CONTRACT: the event must be one JSON object, not a number"


async def test_crew_whose_check_in_cannot_be_read_stands_down(start_life: StartLife) -> None:
    """It waits at a door, and has to be told something."""
    life = await start_life(5)
    answer = await life.update({"name": "visit_checked_in", "visit_id": 7})
    assert (answer["accepted"], answer["instruction"]) == (False, "stand_down")


NUL = "a\0b"
TOO_LATE = "9999-12-31T23:59:59Z"
TOO_EARLY = "0001-01-01T00:00:00+14:00"
WRONG_FIELDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "NUL in text": ("complaint_filed", {"complaint_id": "C-1", "about": NUL}, "about"),
    "NUL in a reason": ("hold_placed", {"hold_id": "H-1", "reason": NUL}, "reason"),
    "NUL in an id": ("payment_reversed", {"payment_id": NUL}, "payment_id"),
    "a boolean amount": ("payment_received", PAYMENT | {"amount_minor": True}, "amount_minor"),
    "an instant out of reach": (
        "payment_received",
        PAYMENT | {"occurred_at": TOO_LATE},
        "occurred_at",
    ),
    "an instant before time": (
        "payment_received",
        PAYMENT | {"occurred_at": TOO_EARLY},
        "occurred_at",
    ),
    "a hold without an end in reach": (
        "hold_placed",
        {"hold_id": "H-1", "reason": "dispute", "until": TOO_LATE},
        "until",
    ),
    "a preferred time out of reach": (
        "appointment_declined",
        {"slot_id": "S", "preferred_times": [TOO_LATE]},
        "preferred_times.0",
    ),
    "wishes under another name": (
        "contact_preferences_changed",
        {"blockedChannels": ["sms"]},
        "needs blocked_channels, blocked_phone_ids or agreed_hours",
    ),
    "hours with an offset": (
        "contact_preferences_changed",
        {"agreed_hours": [{"start": "18:00Z", "end": "20:00Z"}]},
        "agreed_hours.0.start",
    ),
    "hours over midnight": (
        "contact_preferences_changed",
        {"agreed_hours": [{"start": "22:00", "end": "02:00"}]},
        "agreed_hours.0",
    ),
}


async def test_wrong_fields_are_named(start_life: StartLife) -> None:
    """The refusal says which field is wrong, by signal and by update alike."""
    life = await start_life(5)
    for name, body, field in WRONG_FIELDS.values():
        await life.signal(name, **body)
        assert field in await life.refused(name, "LC-CONTRACT", **body)
    await _goes_on(life)
    reasons = [row["reason"] for row in await _refused(life)]
    assert {row["source"] for row in await _refused(life)} == {"test"}
    fields = [field for _, _, field in WRONG_FIELDS.values() for _ in range(2)]
    assert all(field in reason for field, reason in zip(fields, reasons, strict=True))


LONG_TEXTS = {"Chinese": "请" * 2000, "emoji": "😀" * 2000, "quotes": '"' * 2000, "plain": "😀"}


async def test_text_of_any_script_has_its_effect(start_life: StartLife) -> None:
    """The longest text that the contract allows is kept whole and takes effect."""
    life = await start_life(5)
    for script, text in LONG_TEXTS.items():
        await life.signal("complaint_filed", complaint_id=script, about=text)
    await _goes_on(life)
    rows = await life.fetch("SELECT complaint_id, about FROM complaints")
    assert {row["complaint_id"]: row["about"] for row in rows} == LONG_TEXTS
    assert len((await life.status())["holds"]) == len(LONG_TEXTS)


EXTRA_FIELDS = {
    "large": "x" * 100_000,
    "nested": json.loads("[" * 200 + "]" * 200),
    "NUL": NUL,
    "emoji": "😀",
}


async def test_unknown_fields_are_ignored(start_life: StartLife) -> None:
    """Whatever they hold, the event has its effect."""
    life = await start_life(5)
    for kind, extra in EXTRA_FIELDS.items():
        await life.signal("payment_received", payment_id=kind, amount_minor=1, extra=extra)
    body = json.dumps(event(await life.now(), event_id="e", **PAYMENT))
    unstorable = body[:-1] + ', "a": "\\ud83d", "b": 1e400}'
    await life.handle.signal("payment_received", as_json(unstorable))
    await _goes_on(life)
    paid = await life.fetch("SELECT payment_id FROM payments")
    assert {row["payment_id"] for row in paid} == {*EXTRA_FIELDS, "P-1", "P-good"}


async def test_repeated_event_counts_once(start_life: StartLife) -> None:
    """By signal and by update, accepted or refused: the second answer is the first one."""
    life = await start_life(5)
    paid = await life.event(event_id="once", name="payment_received", **PAYMENT)
    await life.handle.signal("payment_received", paid)
    assert (await life.update(paid))["accepted"]
    early = await life.event(
        event_id="early", name="visit_approved", visit_id=life.visit_id, approver_id="A-1"
    )
    answers = [await life.update(early) for _ in range(2)]
    assert answers[0] == answers[1]
    assert await life.value("SELECT sum(amount_minor) FROM payments") == 1000
    assert await life.value("SELECT count(*) FROM case_events") == 2


async def test_hundred_signals_at_once_are_each_taken_once(start_life: StartLife) -> None:
    """In the order they came, and the sums agree."""
    life = await start_life(5)
    for number in range(100):
        await life.signal("payment_received", payment_id=f"P-{number}", amount_minor=10)
    await _goes_on(life)
    assert await life.value("SELECT sum(amount_minor) FROM payments") == 1001
    order = await life.fetch("SELECT body->>'payment_id' AS id FROM case_events ORDER BY sequence")
    assert [row["id"] for row in order] == [f"P-{n}" for n in range(100)] + ["P-good"]
