"""A bench as a process of its own, for the pages that are written from what several print."""

import asyncio
import sys

import typer


async def output_of(module: str, *arguments: str) -> tuple[int, str]:
    """A bench's exit code and what it printed, which is shown when it has ended."""
    typer.echo(f"{module} {' '.join(arguments)}")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    output = out.decode(errors="replace")
    typer.echo(output)
    return process.returncode or 0, output
