"""What collectors were told to pay back and is not over any more: they are told that, too."""

import json

import pytest

from database.case.cases import Cases
from database.case.story import read_story
from database.event_record import Events
from domain.case.events.without_case import IncomingEvent
from domain.case.facts import Outcome
from domain.policy.policy import Policy
from tests.support.recorder import LOAN, NOW, Recorder
from tests.support.world import INSTALMENT, event

ALL = 12 * INSTALMENT
OVERPAID, TAKEN_BACK = "overpaid", "overpaid_taken_back"


async def _pay(record: Recorder, **amounts: int) -> None:
    for payment_id, amount_minor in amounts.items():
        await record.accepted("payment_received", payment_id=payment_id, amount_minor=amount_minor)


async def _settle(record: Recorder) -> None:
    [case] = await record.rows("SELECT case_id FROM collection_cases WHERE closed_at IS NULL")
    ended = await Cases(record.pool).close_case(case["case_id"], Outcome.SETTLED, NOW, lambda: NOW)
    assert ended is None


async def _told(record: Recorder) -> list[tuple[str, int, int | None]]:
    """Each notice of it: its kind, its amount, and what is left to be paid back."""
    rows = await record.rows(
        "SELECT kind, audience, body FROM staff_notices WHERE kind LIKE 'overpaid%'"
        " ORDER BY (SELECT sequence FROM news WHERE body::json -> 'data' ->> 'notice_id'"
        "           = notice_id)"
    )
    assert {row["audience"] for row in rows} <= {"collectors"}
    bodies = [json.loads(row["body"]) for row in rows]
    return [
        (row["kind"], body["amount_minor"], body.get("rest_minor"))
        for row, body in zip(rows, bodies, strict=True)
    ]


async def test_the_payment_bounces_and_nothing_is_to_be_paid_back(record: Recorder) -> None:
    """It names the payment, so that who has paid it back already knows whom to ask."""
    await _pay(record, P=ALL + 500)
    await _settle(record)
    await record.accepted("payment_reversed", payment_id="P")
    assert await _told(record) == [(OVERPAID, 500, None), (TAKEN_BACK, 500, 0)]
    story = await read_story(record.pool, LOAN.loan_id)
    assert story is not None
    assert {
        (each.what, each.amount_minor) for each in story.entries if each.what.startswith("overpaid")
    } == {("overpaid to collectors", 500), ("overpaid_taken_back to collectors", 500)}
    [notice] = await record.rows("SELECT body FROM staff_notices WHERE body ? 'rest_minor'")
    assert json.loads(notice["body"])["payment_id"] == "P"


async def test_a_part_of_it_stays_over(record: Recorder) -> None:
    """Then the rest of it; what bounces after that takes the rest back."""
    await _pay(record, P=ALL, Q=700, R=300)
    await _settle(record)
    for payment_id in ("R", "P"):
        await record.accepted("payment_reversed", payment_id=payment_id)
    assert await _told(record) == [
        (OVERPAID, 1000, None),
        (TAKEN_BACK, 300, 700),
        (TAKEN_BACK, 700, 0),
    ]


async def test_what_is_over_again_is_told_again(record: Recorder) -> None:
    """Also where it is the same amount in the same case."""
    await _pay(record, P=ALL + 500)
    await _settle(record)
    await record.accepted("payment_reversed", payment_id="P")
    [case] = await record.rows("SELECT case_id FROM collection_cases")
    assert await Cases(record.pool).reopen_case(case["case_id"], NOW) is not None
    await _pay(record, Q=ALL + 500)
    await _settle(record)
    assert await _told(record) == [
        (OVERPAID, 500, None),
        (TAKEN_BACK, 500, 0),
        (OVERPAID, 500, None),
    ]


async def test_what_nobody_was_told_of_is_not_taken_back(record: Recorder) -> None:
    """It bounces before the case has ended."""
    await _pay(record, P=ALL + 500)
    await record.accepted("payment_reversed", payment_id="P")
    assert await _told(record) == []


@pytest.mark.parametrize("bounces", ["P", "Q"])
async def test_it_is_told_of_a_loan_at_rest(record: Recorder, policy: Policy, bounces: str) -> None:
    """The second transfer of one sum came after the end; whichever of the two bounces."""
    await _pay(record, P=ALL)
    await _settle(record)
    events = Events(record.pool)
    for name, body in (
        ("payment_received", {"payment_id": "Q", "amount_minor": ALL}),
        ("payment_reversed", {"payment_id": bounces}),
    ):
        incoming = IncomingEvent(name, event(NOW, event_id=name, **body), name)
        verdict = await events.record_without_case("L-1", incoming, policy, lambda: NOW)
        assert verdict.accepted, verdict.reason
    assert await _told(record) == [(OVERPAID, ALL, None), (TAKEN_BACK, ALL, 0)]
