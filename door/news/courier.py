"""Delivers one piece of news and writes down what came of it."""

import logging
from collections.abc import Callable
from datetime import datetime

from database.news.endpoints import DisabledBecause, Endpoint, Endpoints
from database.news.outbox import NewsDelivery, Outbox
from door.news.post import Post
from door.news.schedule import DISABLED_AFTER, Answered, after_failure
from door.news.signing import message_id, signed_headers
from door.news.taken import Taken

_LOG = logging.getLogger(__name__)


class Courier:
    """`real_now` is real time, `chance` is even between 0 and 1."""

    def __init__(
        self,
        outbox: Outbox,
        endpoints: Endpoints,
        post: Post,
        door_key: str,
        real_now: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._taken = Taken(outbox, real_now)
        self._endpoints = endpoints
        self._post = post
        self._door_key = door_key
        self._real_now = real_now
        self._chance = chance

    async def deliver(self, delivery: NewsDelivery, endpoint: Endpoint) -> bool:
        """Whether the endpoint has it now. One that is interrupted is sent again, under its id."""
        headers = signed_headers(delivery, endpoint, self._door_key, self._real_now())
        answered = await self._post.post(endpoint.url, headers, delivery.body.encode())
        if answered.is_taken:
            await self._taken.write_down(delivery, answered.in_words)
            return True
        await self._write_failure(delivery, answered)
        return False

    async def _write_failure(self, delivery: NewsDelivery, answered: Answered) -> None:
        now = self._real_now()
        following = after_failure(answered, delivery.attempts, now, self._chance)
        failing_since = await self._outbox.not_delivered(
            delivery, answered.in_words, now, following.at, following.paused_until
        )
        log = _LOG.info if following.at is not None else _LOG.error
        log(
            "%s was not taken by endpoint %s (%s): %s",
            message_id(delivery.news_id),
            delivery.endpoint_id,
            answered.in_words,
            f"again at {following.at:%Y-%m-%d %H:%M:%S}" if following.at else "it is given up",
        )
        if answered.is_gone:
            await self._disable(delivery.endpoint_id, DisabledBecause.GONE, now)
        elif now - failing_since >= DISABLED_AFTER:
            await self._disable(delivery.endpoint_id, DisabledBecause.FAILING, now)

    async def _disable(self, endpoint_id: str, because: DisabledBecause, now: datetime) -> None:
        if await self._endpoints.disable(endpoint_id, because, now):
            _LOG.error(
                "endpoint %s is disabled (%s): it gets no news until somebody runs"
                " `ops.py endpoint enable %s`",
                endpoint_id,
                because,
                endpoint_id,
            )
