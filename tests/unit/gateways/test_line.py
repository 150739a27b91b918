"""What a line that fails leaves open: by how far a request had come."""

import ssl

import httpx2
import pytest

from gateways.line import Line
from gateways.protocol import GatewayBusyError, MayHaveBeenTakenError


def _failing(error: Exception) -> Line:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise error

    line = Line("https://provider.example")
    transport = httpx2.MockTransport(fail)
    line._client = httpx2.AsyncClient(transport=transport, base_url="https://provider.example")
    return line


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ConnectError("refused"),
        httpx2.ConnectTimeout("nobody"),
        httpx2.PoolTimeout("none is free"),
        httpx2.ProxyError("407"),  # it has let nothing through
    ],
)
async def test_what_was_not_connected_took_nothing(error: Exception) -> None:
    """Another try is the first."""
    with pytest.raises(GatewayBusyError):
        await _failing(error).hand_over("/messages", b"{}", {})


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ReadTimeout("late"),
        httpx2.RemoteProtocolError("no HTTP"),
        httpx2.DecodingError("no gzip, as was said"),
        ssl.SSLError("an alert after the handshake"),
    ],
)
async def test_what_broke_later_may_have_taken_it(error: Exception) -> None:
    """Of a question it is no answer this time, and no end of the asking."""
    line = _failing(error)
    with pytest.raises(MayHaveBeenTakenError, match=f"^{type(error).__name__}$"):
        await line.hand_over("/messages", b"{}", {})
    with pytest.raises(GatewayBusyError):
        await line.ask("/messages/R-1", {})
