"""`ops.py policy check`: whether a file is a policy that may be worked by."""

from pathlib import Path
from typing import Annotated

import typer

from policies.reader import fingerprint, read_policy, refuse_placeholders
from policies.texts.claims import refuse_claims
from runtime.settings import CHINA_POLICY


async def check(
    file: Annotated[Path, typer.Argument(help="A policy file")] = CHINA_POLICY,
    is_for_demo: Annotated[
        bool, typer.Option("--demo", help="Accept hotlines that are placeholders")
    ] = False,
) -> int:
    """Check a policy file and the texts that it names; each mistake is printed with its line.

    A text that threatens, poses as an authority, tells of a debt to whoever may be somebody else,
    or takes too many segments in any combination of its facts is a mistake.

    A hotline that is a placeholder, as in the shipped policies, is a mistake: messages and
    agreements name it to borrowers.
    """
    policy = read_policy(file)
    refuse_claims(policy.texts or {}, file)
    if not is_for_demo:
        refuse_placeholders(policy, file)
    days = policy.days_of_effect
    typer.echo(f"{file}: {policy.version} is valid, SHA-256 {fingerprint(policy)}, from {days}")
    return 0
