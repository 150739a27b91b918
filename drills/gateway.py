"""The way to the drill's providers: it fails as the product's real ones do."""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx2

from activities.business_time import Now, business_time
from database.sql import Pool
from domain.contact.delivery import ProviderRefusal
from domain.policy.contact import Channel
from gateways.protocol import (
    CannotTellError,
    Gateway,
    GatewayBusyError,
    GatewayRefusedError,
    MayHaveBeenTakenError,
    Outbound,
    Sent,
    Sought,
)
from runtime.settings import Settings

PROVIDER_URL = "DRILL_PROVIDER"  # the environment variable that names it
# Of business time, on a long day: the log's lag, and the 15 real seconds that a try may last.
NO_COUNTS_AFTER = timedelta(hours=5)
_WITHIN_SECONDS = 5.0


def code_of(refusal: ProviderRefusal) -> str:
    """What the provider says of a refusal, and the record of the attempt that it ended."""
    return f"code of {refusal}"


class DrillGateway:
    """SMS go out as often as they are handed over; a call is made once for its reference."""

    no_counts_after: timedelta | None = NO_COUNTS_AFTER
    reaches_people = False

    def __init__(self, channel: Channel, http: httpx2.AsyncClient, now: Now) -> None:
        self.takes_once = channel is Channel.CALL
        self._channel = channel
        self._http = http
        self._now = now

    async def send(self, message: Outbound) -> Sent:
        """Hand a message over."""
        try:
            answer = await self._http.post("/messages", json=_told(self._channel, message))
        except httpx2.ConnectError as error:
            raise GatewayBusyError from error
        except httpx2.TransportError as error:
            raise MayHaveBeenTakenError from error
        match answer.status_code:
            case HTTPStatus.OK:
                return _sent(message.reference, answer.json())
            case HTTPStatus.TOO_MANY_REQUESTS:
                raise GatewayBusyError
            case HTTPStatus.UNPROCESSABLE_ENTITY:
                refusal = ProviderRefusal(answer.json()["refusal"])
                raise GatewayRefusedError(code_of(refusal), refusal)
            case _:
                raise MayHaveBeenTakenError

    async def find(self, sought: Sought) -> Sent | None:
        """What became of a message."""
        try:
            answer = await self._http.get(
                f"/messages/{sought.reference}?now={_written(self._now())}"
            )
        except httpx2.TransportError as error:
            raise GatewayBusyError from error
        match answer.status_code:
            case HTTPStatus.OK:
                return _sent(sought.reference, answer.json())
            case HTTPStatus.NOT_FOUND:
                return None
            case HTTPStatus.METHOD_NOT_ALLOWED:
                raise CannotTellError
            case _:
                raise GatewayBusyError

    async def close(self) -> None:
        """Both channels share their connections."""
        await self._http.aclose()


def choose(settings: Settings, _: Pool) -> Mapping[Channel, Gateway]:
    """The drill's providers, for `run_worker`."""
    http = httpx2.AsyncClient(base_url=os.environ[PROVIDER_URL], timeout=_WITHIN_SECONDS)
    now = business_time(settings.business_clock)
    return {channel: DrillGateway(channel, http, now) for channel in Channel}


def _told(channel: Channel, message: Outbound) -> dict[str, Any]:
    return {
        "reference": message.reference,
        "channel": channel.value,
        "number": message.number,
        "text": message.text,
        "template": message.template,
        "parts": None if message.parts is None else message.parts._asdict(),
        "at": message.at.isoformat(),
    }


def _sent(reference: str, body: Mapping[str, Any]) -> Sent:
    return Sent(f"drill-{reference}", datetime.fromisoformat(body["sent_at"]))


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
