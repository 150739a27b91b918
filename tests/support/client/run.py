"""Makes a client of the front door from its OpenAPI document, and sends each event with it.

    make client-test

The generator and what its clients need have an environment of their own, `.venv-deploy`; the client
signs with the lines that docs/front-door.md shows. Ends with 0 when every event is judged.
"""

import asyncio
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from commands.command_line import run_command
from database.sql import open_pool
from embedded.processes import LOOPBACK, free_ports
from embedded.stack import EmbeddedStack
from runtime.standard_webhooks import written
from tests.support.door.system import DOOR_KEY, System, admit
from tests.support.world import Loan, insert_loan

REPOSITORY = Path(__file__).parents[3]
TOOLS = REPOSITORY / ".venv-deploy" / "bin"
PAGE = REPOSITORY / "docs" / "front-door.md"
_CODE = re.compile(r"```python\n(.*?class Signed.*?)```", re.DOTALL)
_GRACE = timedelta(seconds=10)
_LISTENS_WITHIN_SECONDS = 20


async def _test() -> int:
    port = free_ports(1)[0]
    async with EmbeddedStack() as stack, await open_pool(stack.database_url) as pool:
        stack.settings = {"DOOR_KEY": DOOR_KEY, "DOOR_PORT": str(port)}
        await insert_loan(pool, Loan("L-1001"))
        await stack.start_child("door", sys.executable, REPOSITORY / "server.py", grace=_GRACE)
        door = f"http://{LOOPBACK}:{port}"
        async with httpx2.AsyncClient(base_url=door) as http:
            document = await _document(http)
            system = await admit(pool, http)
        made = await _make_client(stack.data_dir, document, system)
        return await _run(
            TOOLS / "python", Path(__file__).with_name("send_each.py"), made, door, system.key_id
        )


async def _document(http: httpx2.AsyncClient) -> bytes:
    """As soon as the door listens."""
    until = datetime.now(UTC) + timedelta(seconds=_LISTENS_WITHIN_SECONDS)
    while True:
        try:
            return (await http.get("/openapi.json")).raise_for_status().content
        except httpx2.TransportError:
            if datetime.now(UTC) > until:
                raise
            await asyncio.sleep(0.1)


async def _make_client(directory: Path, document: bytes, system: System) -> Path:
    """A directory with the generated package, the lines of the page, and the secret."""
    made = directory / "client"
    made.mkdir()
    (made / "openapi.json").write_bytes(document)
    found = _CODE.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None, f"{PAGE.name} shows no signing client"
    (made / "signed.py").write_text(found[1], encoding="utf-8")
    (made / "secret").write_text(written(system.secret))
    code = await _run(
        TOOLS / "openapi-python-client", "generate", "--path", made / "openapi.json",
        "--meta", "none", "--output-path", made / "front_door", "--fail-on-warning",
        "--config", Path(__file__).with_name("generator.yaml"),
    )  # fmt: skip
    if code:
        raise SystemExit(code)
    return made


async def _run(*command: Path | str) -> int:
    process = await asyncio.create_subprocess_exec(*command)
    return await process.wait()


if __name__ == "__main__":
    run_command(_test())
