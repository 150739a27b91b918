"""`ops.py agreement AGREEMENT_ID`: the documents that are kept of an agreement, byte for byte."""

from pathlib import Path
from typing import Annotated

import typer

from commands.command_line import CommandError, open_database
from database.case.retention import Retention
from database.plan.agreements import Agreements
from runtime.settings import load_settings


async def agreement(
    agreement_id: Annotated[str, typer.Argument(metavar="AGREEMENT_ID", help="The agreement's id")],
    html: Annotated[Path | None, typer.Option(help="Where to write the reading copy")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Where to write what is signed")] = None,
) -> int:
    """Write an agreement's kept documents to files, and print their SHA-256."""
    if html is None and pdf is None:
        raise CommandError("--html, --pdf: say where to write at least one of them")
    async with open_database(load_settings()) as pool:
        document = await Agreements(pool).read_document(agreement_id)
        erased = await Retention(pool).documents_erased(agreement_id)
    if erased is not None:
        raise CommandError(f"AGREEMENT_ID {agreement_id}: {erased}, its documents with it")
    if document is None:
        raise CommandError(f"AGREEMENT_ID {agreement_id}: there is no such agreement")
    _write("--html", html, document.html, document.html_sha256)
    _write("--pdf", pdf, document.pdf, document.sha256)
    return 0


def _write(option: str, path: Path | None, content: bytes, sha256: str) -> None:
    if path is None:
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{option} {path}: {error.strerror}") from error
    typer.echo(f"{sha256}  {path}")
