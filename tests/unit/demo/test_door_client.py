"""The client that integrators copy: an event is sent until it is taken, and asked after."""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
import pytest

from demo.systems.door_client import DoorClient, DoorRefusedError
from door.signatures import Signed, is_signed
from runtime.standard_webhooks import written

SECRET = b"a secret of 32 bytes, as it is.."
EVENT = {"event_id": "e-1", "loan_id": "L-1", "name": "payment_received", "amount_minor": 1}
JUDGED = httpx2.Response(200, json={"accepted": True, "reason": None})
Answer = httpx2.Response | Callable[[httpx2.Request], httpx2.Response]


class Door:
    """Answers each request in turn, and keeps what came."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.came: list[httpx2.Request] = []
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer), base_url="http://d")
        self.client = DoorClient(http, "ledger", written(SECRET))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.came.append(request)
        answer = self.answers.pop(0)
        return answer if isinstance(answer, httpx2.Response) else answer(request)


def _dead(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused", request=request)


def _cut_off(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("no answer", request=request)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_PAUSE_SECONDS", "LONGEST_PAUSE_SECONDS"):
        monkeypatch.setattr(f"demo.systems.door_client.{name}", 0)


def _is_signed(request: httpx2.Request, payload: bytes) -> bool:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    claimed = Signed(*(request.headers[name] for name in names))
    return is_signed(claimed, [SECRET], payload, datetime.now(UTC))


async def test_event_is_sent_again_until_it_is_taken() -> None:
    """The same bytes under the same id, whatever kept the answer from coming."""
    again = {"retry-after": "0"}
    failures = (_dead, _cut_off, httpx2.Response(503, headers=again), httpx2.Response(429))
    door = Door(*failures, JUDGED)
    assert (await door.client.send(EVENT))["accepted"]
    assert len(door.came) == 5
    assert {(each.content, each.headers["webhook-id"]) for each in door.came} == {
        (door.came[0].content, "e-1")
    }
    assert all(_is_signed(each, each.content) for each in door.came)


async def test_kept_event_is_asked_after_until_it_is_judged() -> None:
    """By questions signed over their target; the event itself is sent once."""
    kept = httpx2.Response(202, json={"event_id": "e-1"})
    door = Door(kept, kept, _dead, JUDGED)
    assert (await door.client.send(EVENT))["accepted"]
    methods = [each.method for each in door.came]
    assert methods == ["POST", "GET", "GET", "GET"]
    target = "/v1/loans/L-1/events/e-1"
    assert {each.url.path for each in door.came[1:]} == {target}
    assert all(_is_signed(each, target.encode()) for each in door.came[1:])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
async def test_refused_request_is_not_sent_again(status: int) -> None:
    """It would be refused again: whoever sends it has to know."""
    door = Door(httpx2.Response(status))
    with pytest.raises(DoorRefusedError) as refused:
        await door.client.send(EVENT)
    assert refused.value.status == status
    assert len(door.came) == 1
