"""An HTTP line to a provider that sends nothing twice, and says what a failure leaves open.

Whatever was not even connected was certainly not taken; whatever came after that may have been.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

import httpx2

from domain.contact.delivery import ProviderRefusal
from gateways.protocol import GatewayBusyError, GatewayRefusedError, MayHaveBeenTakenError

_PATIENCE = httpx2.Timeout(12, connect=5)  # a try of the activity waits for 15 seconds
_NOT_CONNECTED = (
    httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError,
)  # fmt: skip
_BROKEN_OFF = (httpx2.RequestError, OSError)  # the second is TLS that fails after its handshake


class Answer(NamedTuple):
    """What a provider answered: its status, and its JSON where that is an object."""

    status: int
    body: dict[str, Any]


class Line:
    """One provider's address, over connections that are kept."""

    def __init__(self, address: str, auth: tuple[str, str] | None = None) -> None:
        self._client = httpx2.AsyncClient(
            base_url=address, auth=auth, timeout=_PATIENCE, follow_redirects=False
        )

    async def hand_over(self, path: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a message. An answer says what the provider thinks of it.

        Raises:
            GatewayBusyError: nothing was taken.
            MayHaveBeenTakenError: no answer, or one of a provider or a proxy in trouble.
        """
        try:
            response = await self._client.post(path, content=content, headers=dict(headers))
        except _NOT_CONNECTED as error:
            raise GatewayBusyError(type(error).__name__) from None
        except _BROKEN_OFF as error:
            raise MayHaveBeenTakenError(type(error).__name__) from None
        if response.status_code == 429:
            raise GatewayBusyError("429")
        if response.status_code >= 500:
            raise MayHaveBeenTakenError(str(response.status_code))
        return _answer(response)

    async def ask(
        self, path: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        """Ask something that changes nothing; what has a body is posted.

        Raises:
            GatewayBusyError: no answer this time.
        """
        method = "GET" if content is None else "POST"
        try:
            response = await self._client.request(
                method, path, content=content, headers=dict(headers)
            )
        except _BROKEN_OFF as error:
            raise GatewayBusyError(type(error).__name__) from None
        if response.status_code >= 300:
            raise GatewayBusyError(str(response.status_code))
        return _answer(response)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def refuse(code: str, classes: Mapping[str, ProviderRefusal], status: int) -> NoReturn:
    """Raise what a provider's own code means: by its class, else by the HTTP status.

    A code without a class is of this one message, unless our credentials are not accepted. An
    answer without a code may be of a proxy on the way.

    Raises:
        GatewayRefusedError, MayHaveBeenTakenError: as said.
    """
    known = classes.get(code)
    if known is None and status in (401, 402, 403):
        known = ProviderRefusal.ACCOUNT
    if known is None and not code:
        raise MayHaveBeenTakenError(f"{status} without a code")
    raise GatewayRefusedError(code or str(status), known or ProviderRefusal.OTHER)


def objects_in(told: object) -> list[dict[str, Any]] | None:
    """What is told as a list of objects; None when it is no such list."""
    if isinstance(told, list) and all(isinstance(each, dict) for each in told):
        return told
    return None


def plain_number(number: str) -> str:
    """A number in the form +8613800000000, without the spaces that make it readable."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")


def _answer(response: httpx2.Response) -> Answer:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = {}
    return Answer(response.status_code, body if isinstance(body, dict) else {})
