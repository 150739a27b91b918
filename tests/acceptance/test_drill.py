"""The failure drill in its short form, `make drill FORM=short`; the full one: `docs/drills.md`."""

import asyncio
import sys
from pathlib import Path

WITHIN_SECONDS = 300  # a minute and a half on a quiet machine


async def test_a_short_drill_is_green(repository: Path) -> None:
    """Servers die, runs are ended, a provider's log lags: nothing is lost, nothing twice."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "drills.command", "--form", "short", "--seed", "3"),
        cwd=repository,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), WITHIN_SECONDS)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    said = output.decode()
    assert process.returncode == 0, said
    assert " 0 duplicates" in said
    assert "RED" not in said
