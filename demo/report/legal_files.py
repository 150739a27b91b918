"""The legal desk at the end: it takes the file of each case that it was handed, and checks it."""

from pathlib import Path

from database.case.legal_package import LegalPackages
from database.sql import Pool
from documents.legal_package import differences, fingerprint_of

_HANDED_OVER = """
    SELECT c.loan_id, n.body ->> 'sha256' AS sha256
    FROM collection_cases c
    LEFT JOIN staff_notices n ON n.case_id = c.case_id AND n.kind = 'legal_package_ready'
    WHERE c.outcome = 'handed_to_legal' ORDER BY c.loan_id
"""


async def write_files(pool: Pool, folder: Path) -> tuple[int, list[str]]:
    """Write out every file and read it back; how many are in order, and what is wrong.

    The folder is made, and cleared of the files of an earlier run.
    """
    _clear(folder)
    packages, in_order, problems = LegalPackages(pool), 0, list[str]()
    for row in await pool.fetch(_HANDED_OVER):
        kept = await packages.package_of(row["loan_id"])
        if kept is None:
            problems.append(f"{row['loan_id']}: handed to the legal desk without a file")
            continue
        file = folder / f"{row['loan_id']}.zip"
        found = _write(file, kept.content, row["sha256"])
        problems += [f"{file.name}: {problem}" for problem in found]
        in_order += not found
    return in_order, problems


def _clear(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.zip"):
        old.unlink()


def _write(file: Path, content: bytes, told_sha256: str | None) -> list[str]:
    """What is wrong with the file once it is written."""
    file.write_bytes(content)
    written = file.read_bytes()
    if fingerprint_of(written) != told_sha256:
        return ["another SHA-256 than the legal desk was told", *differences(written)]
    return differences(written)
