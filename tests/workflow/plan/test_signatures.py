"""A signature is the borrower's, after the offer, in time; what nobody said is not put down."""

from datetime import timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"signatories": ["SOMEBODY-ELSE"]}, "LC-SIGNATORY"),
        ({"signatories": ["C-1"]}, "LC-SIGNATORY"),
        ({"signatories": ["C-1", "B-12"]}, "LC-SIGNATORY"),
        ({"occurred_at": "2020-01-01T00:00:00Z"}, "LC-DOCUMENT"),
        ({"occurred_at": "2026-12-31T00:00:00Z"}, "LC-TIME"),
        ({"costs_confirmed": False}, "CN-27"),
    ],
)
async def test_signature_that_cannot_be(life: Life, change: dict[str, object], rule: str) -> None:
    """Each is refused, and the borrower may still sign."""
    await life.drive_to(Stage.AGREEMENT)
    offered = await life.offered()
    await life.refused("agreement_signed", rule, **life.signature(offered, **change))
    await life.accepted("agreement_signed", **life.signature(offered, signatories=["b-1"]))


async def test_signature_is_not_of_before_the_offer(life: Life) -> None:
    """Not by an hour; two clocks may differ by some minutes."""
    await life.drive_to(Stage.AGREEMENT)
    offered = await life.offered()
    drawn_up = await life.value("SELECT offered_at FROM agreements")
    before = life.signature(offered, occurred_at=(drawn_up - timedelta(hours=1)).isoformat())
    await life.refused("agreement_signed", "LC-DOCUMENT", **before)
    nearly = life.signature(offered, occurred_at=(drawn_up - timedelta(minutes=5)).isoformat())
    await life.accepted("agreement_signed", **nearly)


async def test_moment_of_the_confirmed_costs_is_kept_as_its_own(life: Life) -> None:
    """CN-27: the costs are confirmed first, and signed for later."""
    await life.drive_to(Stage.AGREEMENT)
    offered = await life.offered()
    drawn_up = await life.value("SELECT offered_at FROM agreements")
    read_at = drawn_up + timedelta(minutes=1)
    signature = life.signature(offered, costs_confirmed_at=read_at.isoformat())
    await life.skip(timedelta(hours=1))
    await life.accepted("agreement_signed", **signature)
    assert await life.value("SELECT disclosed_at FROM agreements") == read_at
