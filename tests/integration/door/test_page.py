"""docs/front-door.md: what it tells to type is typed, and is answered as it says."""

import asyncio
import json
import re
from pathlib import Path

from activities.business_time import real_time
from commands.server import open_door
from database.sql import Pool
from domain.policy.policy import Policy
from runtime.standard_webhooks import written
from tests.support.door.doors import settings
from tests.support.door.listening import listening
from tests.support.door.system import admit, calling
from tests.support.door.temporal import client_without_runs
from tests.support.world import Loan, insert_loan

_BLOCK = re.compile(r"^```(bash|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


async def test_examples_are_answered_as_the_page_says(
    repository: Path, pool: Pool, policy: Policy
) -> None:
    """In one shell, from the first to the last."""
    blocks = _BLOCK.findall((repository / "docs" / "front-door.md").read_text("utf-8"))
    script = "\n".join(text for kind, text in blocks if kind == "bash")
    await insert_loan(pool, Loan("L-1001"))
    client = client_without_runs()
    async with open_door(settings(), client, pool, policy, real_time) as app, calling(app) as http:
        system = await admit(pool, http, lenders=["test-lender"], may_name_staff=False)
        async with listening(app) as address:
            printed = await _shell(script, address, system.key_id, written(system.secret))
    answers = [json.loads(line) for line in printed.splitlines() if not line.isdecimal()]
    assert answers == [json.loads(text) for kind, text in blocks if kind == "json"]
    assert [line for line in printed.splitlines() if line.isdecimal()] == [
        "200", "409", "200", "200"
    ]  # fmt: skip


async def _shell(script: str, address: str, key_id: str, secret: str) -> str:
    shell = await asyncio.create_subprocess_exec(
        "bash",
        "-euc",
        script,
        env={
            "PATH": "/usr/bin:/bin",
            "DOOR": address,
            "DOOR_KEY_ID": key_id,
            "DOOR_SECRET": secret,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await shell.communicate()
    assert shell.returncode == 0
    return out.decode()
