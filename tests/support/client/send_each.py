"""Sends the example of each event with a generated client; runs in the client's own environment.

python send_each.py MADE DOOR KEY_ID    MADE as `run.py` has put it together
"""

import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

LOAN_ID = "L-1001"


class Operation(NamedTuple):
    """One address of the door, as the document has it."""

    operation_id: str
    example: Any


def send_each(made: Path, door: str, key_id: str) -> int:
    """The exit code: 0 when each event was judged, as an answer of the document's own type."""
    sys.path.insert(0, str(made))
    signed = importlib.import_module("signed").Signed(key_id, (made / "secret").read_text())
    package = importlib.import_module("front_door")
    client = package.Client(base_url=door, httpx_args={"auth": signed})
    document = json.loads((made / "openapi.json").read_text(encoding="utf-8"))
    found = list(_events(document))
    wrong = [line for each in found if (line := _send(client, each))]
    wrong += [line for line in (_ask_for_a_case(client), _ask_for_news(client)) if line]
    wrong.append(f"{len(found)} events sent by a generated client, {len(wrong)} wrong")
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    return 1 if len(wrong) > 1 or not found else 0


def _events(document: dict[str, Any]) -> Iterator[Operation]:
    for path, operations in document["paths"].items():
        if path.startswith("/v1/loans/{loan_id}/events/") and "post" in operations:
            post = operations["post"]
            example = post["requestBody"]["content"]["application/json"]["example"]
            yield Operation(post["operationId"], example)


def _call(operation_id: str) -> Any:
    return importlib.import_module(f"front_door.api.default.{operation_id}")


def _send(client: Any, operation: Operation) -> str:
    """What went wrong, or nothing; the event goes through the client's own model both ways."""
    call = _call(operation.operation_id)
    model = inspect.signature(call.sync_detailed).parameters["body"].annotation
    event = model.from_dict(operation.example | {"loan_id": LOAN_ID})
    answer = call.sync_detailed(LOAN_ID, client=client, body=event)
    if answer.status_code == 200 and type(answer.parsed).__name__ == "Answer":
        return ""
    return f"{operation.operation_id}: {answer.status_code} {answer.content.decode()}"


def _ask_for_a_case(client: Any) -> str:
    """There is none: that, too, is an answer of the document's."""
    status = _call("loan_status").sync(LOAN_ID, client=client)
    return "" if getattr(status, "type_", None) == "/problems/no-case" else f"status: {status}"


def _ask_for_news(client: Any) -> str:
    news = _call("read_news").sync(client=client)
    return "" if type(news).__name__ == "ReadNewsResponse200" else f"news: {news}"


if __name__ == "__main__":
    sys.exit(send_each(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
