"""`ops.py policy check`: whether a file is a policy."""

from pathlib import Path
from typing import Annotated

import typer

from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY


async def check(file: Annotated[Path, typer.Argument(help="A policy file")] = CHINA_POLICY) -> int:
    """Check a policy file; each mistake is printed with its line."""
    policy = read_policy(file)
    typer.echo(f"{file}: {policy.version} is valid, SHA-256 {fingerprint(policy)}")
    return 0
