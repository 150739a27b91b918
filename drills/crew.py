"""More of the demo's crews, for more loans."""

import csv
from pathlib import Path

from demo.run import HERE

_CREW = HERE / "data" / "crew.csv"


def write_crew(file: Path, copies: int) -> None:
    """So many of each member, under badges of their own."""
    with _CREW.open(encoding="utf-8", newline="") as source:
        members = list(csv.DictReader(source))
    with file.open("w", encoding="utf-8", newline="") as output:
        writer = csv.DictWriter(output, fieldnames=list(members[0]), lineterminator="\n")
        writer.writeheader()
        for copy in range(copies):
            writer.writerows(_copied(member, copy) for member in members)


def _copied(member: dict[str, str], copy: int) -> dict[str, str]:
    return member if copy == 0 else member | {"badge_id": f"{member['badge_id']}-{copy}"}
