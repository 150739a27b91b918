"""`ops.py package`: the legal desk's file of a case, written out and checked."""

from pathlib import Path
from typing import Annotated

import typer

from commands.command_line import CommandError, database, run_command
from database.case.legal_package import LegalPackages
from documents.legal_package import differences, fingerprint_of
from runtime.settings import load_settings


def package(
    loan_id: Annotated[str | None, typer.Argument(metavar="LOAN", help="The loan's id")] = None,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to write it")] = None,
    verify: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check the hashes of a file instead")
    ] = None,
) -> None:
    """Write out the file of a case that was handed to the legal desk, or check such a file."""
    if verify is not None:
        run_command(_verify(verify))
    if loan_id is None or file is None:
        raise typer.BadParameter("needs LOAN and FILE, or --verify FILE")
    run_command(_write(loan_id, file))


async def _write(loan_id: str, file: Path) -> int:
    async with database(load_settings()) as pool:
        kept = await LegalPackages(pool).package_of(loan_id)
    if kept is None:
        raise CommandError(f"LOAN {loan_id}: no case of this loan was handed to the legal desk")
    try:
        file.write_bytes(kept.content)  # noqa: ASYNC240  # nothing else runs
    except OSError as error:
        raise CommandError(f"FILE {file}: {error.strerror}") from error
    typer.echo(f"{file}: case {kept.case_id}, SHA-256 {kept.sha256}")
    return 0


async def _verify(file: Path) -> int:
    try:
        content = file.read_bytes()  # noqa: ASYNC240
    except OSError as error:
        raise CommandError(f"FILE {file}: {error.strerror}") from error
    lines = differences(content)
    for line in lines:
        typer.echo(line)
    if not lines:
        typer.echo(
            "every entry is as the manifest says; compare with what the legal desk was told:"
        )
        typer.echo(f"SHA-256 {fingerprint_of(content)}")
    return 1 if lines else 0
