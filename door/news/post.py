"""One try: the news are posted to the address that was looked at, and the status is read."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

import httpx2

from door.news.addresses import AddressRefusedError, Resolve, Target, address_of, resolve
from door.news.schedule import Answered, read_retry_after

WITHIN_SECONDS = 15.0
_CONNECTS_WITHIN_SECONDS = 5
_ENDS_WITHIN_SECONDS = 1.0
_MOST_READ = 64 * 1024


class Post:
    """Posts over connections that are kept. It follows no redirect and uses no proxy."""

    def __init__(
        self,
        real_now: Callable[[], datetime],
        *,
        private_too: bool,
        resolver: Resolve = resolve,
        within_seconds: float = WITHIN_SECONDS,
    ) -> None:
        self._real_now = real_now
        self._private_too = private_too
        self._resolver = resolver
        self._within_seconds = within_seconds
        self._tls = httpx2.create_ssl_context(trust_env=False)
        # One a host: a connection whose certificate is of one name carries nothing for another.
        self._clients: dict[str, httpx2.AsyncClient] = {}

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """What came of it; a failure is an answer, too. What the receiver writes is not read."""
        try:
            async with asyncio.timeout(self._within_seconds):
                return await self._try(Target(url), headers, body)
        except AddressRefusedError as error:
            return Answered(None, trouble=f"refused: {error}")
        except (TimeoutError, httpx2.TimeoutException):
            return Answered(None, trouble="no answer in time")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            return Answered(None, trouble=type(error).__name__)

    async def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.values():
            await client.aclose()

    def _client(self, host: str) -> httpx2.AsyncClient:
        if host not in self._clients:
            self._clients[host] = httpx2.AsyncClient(
                verify=self._tls,
                timeout=httpx2.Timeout(self._within_seconds, connect=_CONNECTS_WITHIN_SECONDS),
                follow_redirects=False,
                trust_env=False,
            )
        return self._clients[host]

    async def _try(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answered:
        address = await address_of(target, self._resolver, private_too=self._private_too)
        client = self._client(target.host)
        request = client.build_request(
            "POST",
            target.at(address),
            content=body,
            headers={**headers, "host": target.netloc},
            extensions={"sni_hostname": target.host},  # the certificate is the name's
        )
        response = await client.send(request, stream=True)
        try:
            after = read_retry_after(response.headers.get("retry-after"), self._real_now())
            await _finish(response)
            return Answered(response.status_code, after)
        finally:
            await response.aclose()


async def _finish(response: httpx2.Response) -> None:
    """Let a short answer end, so that its connection serves again; it changes nothing any more."""
    length = response.headers.get("content-length", "")
    if response.status_code != 204 and not (length.isdigit() and int(length) <= _MOST_READ):
        return
    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(_ENDS_WITHIN_SECONDS):
            async for _ in response.aiter_raw():
                pass
