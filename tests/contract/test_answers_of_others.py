"""What is no answer of a provider, as it says that it answers, leaves the message open."""

from pathlib import Path
from typing import get_args

import pytest

from domain.policy.contact import Channel
from gateways.protocol import CannotTellError, GatewayBusyError, MayHaveBeenTakenError
from runtime.settings import GatewayName
from tests.support.providers.lines import connect, message, sought
from tests.support.providers.stand_in import Reply

REAL = sorted(set(get_args(GatewayName)) - {"simulated"})
PAGE = b"<html><body>There is nothing here at the moment.</body></html>"
OF_A_PROXY = [Reply(status, PAGE) for status in (200, 301, 302, 307, 400, 404, 405, 408, 410)]
STRANGE: list[object] = [
    *(None, 7, "x", [], [{}], {}, b"[" * 100_000),
    {"refusal": ["content"]},
    {"refusal": {}, "code": []},
    {"taken": "yes"},
    {"sid": 7},
    {"requestError": {"serviceException": None}},
    {"requestError": {"serviceException": "BAD_REQUEST"}},
    {"messages": ["x"], "results": ["x"]},
    {"messages": [{"status": "x"}], "results": {"messageId": "R-1"}},
    {"messages": [{"status": {"groupName": None}}], "results": 7},
    {"Response": "x"},
    {"Response": {"Error": "x"}},
    {"Response": {"SendStatusSet": ["x"], "SendStatus": "x", "PullSmsSendStatusSet": ["x"]}},
    {"Response": {"SendStatusSet": 7, "SendStatus": 7, "PullSmsSendStatusSet": 7}},
]


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("name", REAL)
async def test_answer_that_is_not_the_providers_leaves_open_what_became_of_a_message(
    tmp_path: Path, name: GatewayName, channel: Channel
) -> None:
    """Nothing is lost for a page of a proxy, and nothing of ours fails by a shape."""
    async with connect(name, channel, tmp_path) as (gateway, provider, _):
        strange = [Reply(status, body) for body in STRANGE for status in (200, 400)]
        for reply in [Reply(204, b""), *OF_A_PROXY, *strange]:
            provider.instead = reply
            with pytest.raises(MayHaveBeenTakenError):
                await gateway.send(message())
            with pytest.raises((GatewayBusyError, CannotTellError)):
                await gateway.find(sought())
