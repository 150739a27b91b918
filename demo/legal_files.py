"""The legal desk at the end: it takes the file of each case that it was handed, and checks it."""

from pathlib import Path

from database.legal_package import LegalPackages
from database.sql import Pool
from domain.legal_package import differences, fingerprint_of

_HANDED_OVER = """
    SELECT c.loan_id, n.body ->> 'sha256' AS sha256
    FROM collection_cases c
    LEFT JOIN staff_notices n ON n.case_id = c.case_id AND n.kind = 'legal_package_ready'
    WHERE c.outcome = 'handed_to_legal' ORDER BY c.loan_id
"""


async def write_files(pool: Pool, folder: Path) -> tuple[int, list[str]]:
    """Write out every file and read it back; how many are in order, and what is wrong."""
    packages, in_order, problems = LegalPackages(pool), 0, list[str]()
    for row in await pool.fetch(_HANDED_OVER):
        loan_id = row["loan_id"]
        kept = await packages.package_of(loan_id)
        if kept is None:
            problems.append(f"{loan_id}: handed to the legal desk without a file")
            continue
        file = folder / f"{loan_id}.zip"
        file.write_bytes(kept.content)
        found = _problems(file.read_bytes(), row["sha256"])
        problems += [f"{file.name}: {problem}" for problem in found]
        in_order += not found
    return in_order, problems


def _problems(content: bytes, sha256: str | None) -> list[str]:
    told = [] if fingerprint_of(content) == sha256 else ["another SHA-256 than the desk was told"]
    return [*differences(content), *told]
