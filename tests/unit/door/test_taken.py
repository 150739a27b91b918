"""What was taken is written down together, and nobody is told so before it is."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

import pytest

from database.errors import DatabaseAwayError
from database.news.outbox import NewsDelivery, Outbox
from door.news.taken import Taken

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class _Outbox:
    """Notes each statement, and is away for as many as it is told to be."""

    def __init__(self, away_for: int = 0) -> None:
        self.statements: list[list[int]] = []
        self._away_for = away_for

    async def delivered(self, answers: Mapping[NewsDelivery, str], now: datetime) -> None:
        assert now == NOW
        await asyncio.sleep(0)
        if len(self.statements) < self._away_for:
            self.statements.append([])
            raise DatabaseAwayError(OSError("away"))
        self.statements.append([delivery.news_id for delivery in answers])


def _delivery(number: int) -> NewsDelivery:
    return NewsDelivery("app", number, f"L-{number}", 0, "case.opened", "{}")


async def _write(outbox: _Outbox, how_many: int) -> list[BaseException | None]:
    taken = Taken(cast("Outbox", outbox), lambda: NOW)
    return await asyncio.gather(
        *(taken.write_down(_delivery(number), "204") for number in range(how_many)),
        return_exceptions=True,
    )


async def test_those_that_come_during_a_write_are_written_together() -> None:
    """One statement for the first, one for all that came while it was on its way."""
    outbox = _Outbox()
    assert await _write(outbox, 5) == [None] * 5
    assert [number for batch in outbox.statements for number in batch] == [0, 1, 2, 3, 4]
    assert len(outbox.statements) == 2


@pytest.mark.parametrize("away_for", [1, 2])
async def test_nobody_is_told_of_what_was_not_written(away_for: int) -> None:
    """Who asked for a write that failed hears of it; what waited is written by the next."""
    outbox = _Outbox(away_for)
    found = await _write(outbox, 4)
    failed = [number for number, error in enumerate(found) if error is not None]
    written = {number for batch in outbox.statements for number in batch}
    assert len(failed) == away_for
    assert written >= set(range(4)) - set(failed)
