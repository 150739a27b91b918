"""A simulation's result as files: a CSV for each count, pictures, the differences."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from simulation.report.buckets import BUCKETS, CURRENT
from simulation.report.differences import Difference
from simulation.report.pictures import stacked_bars
from simulation.report.tally import COLUMNS, Tally, roll_rates


def write_tally(tally: Tally, directory: Path) -> list[Path]:
    """Write the counts and their pictures; answers with the files."""
    directory.mkdir(parents=True, exist_ok=True)
    files = [
        _write_csv(
            directory / f"{name}.csv",
            (*columns, "number"),
            ((*key, number) for key, number in tally.rows(name)),
        )
        for name, columns in COLUMNS.items()
    ]
    rates = (
        (was, becomes, f"{share:.6f}")
        for was, to in roll_rates(tally).items()
        for becomes, share in to.items()
    )
    files.append(_write_csv(directory / "roll_rates.csv", ("from", "to", "share"), rates))
    for name, picture in _pictures(tally).items():
        files.append(directory / f"{name}.svg")
        files[-1].write_text(picture, encoding="utf-8")
    return files


def write_differences(found: Sequence[Difference], file: Path) -> Path:
    """Write down which loan would have got what at which time under each policy."""
    return _write_csv(file, Difference._fields, found)


def _write_csv(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return file


def _pictures(tally: Tally) -> dict[str, str]:
    return {
        "contacts_by_hour": _by(tally, "contacts_by_hour", "Contacts by hour of the day"),
        "contacts_by_day": _by(tally, "contacts_by_day", "Contacts by day"),
        "overdue_by_day": _overdue(tally),
    }


def _by(tally: Tally, name: str, title: str) -> str:
    """A count by its first column, the second one stacked."""
    rows = tally.rows(name)
    labels = list(dict.fromkeys(key[0] for key, _ in rows))
    kinds = sorted({key[1] for key, _ in rows})
    numbers = dict(rows)
    series = {kind: [numbers.get((label, kind), 0) for label in labels] for kind in kinds}
    return stacked_bars(title, labels, series)


def _overdue(tally: Tally) -> str:
    numbers = dict(tally.rows("buckets"))
    days = sorted({day for day, _ in numbers})
    overdue = [name for name in BUCKETS if name not in (CURRENT, "settled")]
    series = {name: [numbers.get((day, name), 0) for day in days] for name in overdue}
    return stacked_bars("Loans that are not current, by days past due", days, series)
