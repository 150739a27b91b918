"""Where a command takes a policy from: a file, or the record."""

from pathlib import Path
from typing import Annotated

import typer

from commands.command_line import CommandError, open_database
from database.policy.stored_policies import StoredPolicies
from domain.policy.policy import Policy
from policies.reader import read_policy
from runtime.settings import load_settings

Source = Annotated[
    str, typer.Argument(metavar="VERSION|FILE", help="A stored version or a .yaml file")
]


def is_file(source: str) -> bool:
    """Whether a policy is taken from a file, and not from the record."""
    return source.endswith((".yaml", ".yml"))


async def find_policy(source: str) -> Policy:
    """The policy in a file, or the stored one of that version.

    Raises:
        PolicyError: when the file is wrong.
        CommandError: when no policy is stored under that version.
    """
    if is_file(source):
        return read_policy(Path(source))
    async with open_database(load_settings()) as pool:
        try:
            return await StoredPolicies(pool).read_policy(source)
        except LookupError as error:
            raise CommandError(
                f"{source}: no stored policy has this version, and no .yaml file has this name"
            ) from error
