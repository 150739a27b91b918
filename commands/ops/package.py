"""`ops.py package`: the legal desk's file of a case, written out and checked."""

from pathlib import Path
from typing import Annotated

import typer

from commands.command_line import CommandError, open_database, require_loan
from database.case.legal_package import KeptPackage, LegalPackages
from database.case.retention import Erased
from documents.cover import COVER, render_erased
from documents.legal_package import build_package, differences, fingerprint_of
from runtime.settings import load_settings


async def package(
    loan_id: Annotated[str | None, typer.Argument(metavar="LOAN", help="The loan's id")] = None,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to write it")] = None,
    verify: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check the hashes of a file instead")
    ] = None,
) -> int:
    """Write out the file of a case that was handed to the legal desk, or check such a file."""
    if verify is not None:
        return _verify(verify)
    if loan_id is None or file is None:
        raise CommandError("LOAN, FILE: both are needed, or --verify FILE")
    async with open_database(load_settings()) as pool:
        kept = await LegalPackages(pool).package_of(loan_id)
        if kept is None:
            await require_loan(pool, loan_id)
            raise CommandError(f"LOAN {loan_id}: no case of this loan was handed to the legal desk")
    if kept.erased is None:
        _write(file, kept.content)
        typer.echo(f"{file}: case {kept.case_id}, SHA-256 {kept.sha256}")
    else:
        _write(file, _instead_of(kept, kept.erased))
        typer.echo(f"{file}: case {kept.case_id}: {kept.erased}; this file says so")
        typer.echo(f"the file that was handed over had SHA-256 {kept.sha256}")
    return 0


def _instead_of(kept: KeptPackage, erased: Erased) -> bytes:
    """A file that says what became of the one that was kept."""
    said = {
        "case_id": kept.case_id,
        "erased_at": erased.erased_at.isoformat(),
        "rule_id": erased.rule_id,
        "sha256": kept.sha256,
    }
    cover = render_erased(said)
    return build_package({COVER: cover, "erased.json": said}, {"case_id": kept.case_id}).content


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CommandError(f"FILE {file}: {error.strerror}") from error


def _verify(file: Path) -> int:
    """The exit code: 1 when an entry differs from the manifest."""
    try:
        content = file.read_bytes()
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
