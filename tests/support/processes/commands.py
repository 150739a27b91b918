"""Command lines, as an outsider runs them."""

import asyncio
from collections.abc import Mapping
from pathlib import Path


async def output_of(
    *command: str | Path, env: Mapping[str, str], cwd: Path, ends_with: int = 0
) -> str:
    """Run a command that is meant to succeed, or to end with another code; what it printed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=env,
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == ends_with, f"{command}: {output.decode()} {errors.decode()}"
    return output.decode()
