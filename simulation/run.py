"""A simulation in chunks of loans: on several processes, and taken up again where it stopped.

A chunk is the same loans whoever computes it, and is kept in a file once it is done. So the result
depends neither on the number of processes nor on how often the run was interrupted.
"""

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from pathlib import Path
from typing import NamedTuple

from domain.policy.policy import Policy
from domain.visit.appointments import Holidays
from policies.public_holidays import CALENDARS, public_holidays
from policies.reader import fingerprint
from simulation.life import Setting, live
from simulation.report.differences import Difference, differences
from simulation.report.tally import Tally
from simulation.world.behaviours import Behaviours
from simulation.world.book import Book

IDENTITY = "run.json"


class RunError(ValueError):
    """A directory that belongs to another simulation; the text is one clear line."""


class Simulation(NamedTuple):
    """What is simulated: one policy, or two to compare."""

    policies: tuple[Policy, ...]
    behaviours: Behaviours
    book: Book
    loans: int
    seed: int
    ends: date
    release: str  # of the code: another may decide otherwise
    loans_a_chunk: int = 250  # another size is another run: chunks of two sizes cannot be joined

    def identity(self) -> dict[str, object]:
        """What the result depends on; two runs with the same are the same run."""
        rows = "".join(row.model_dump_json() for row in self.book.rows)
        return {
            "release": self.release,
            "holidays": CALENDARS,
            "policies": [f"{each.version} {fingerprint(each)}" for each in self.policies],
            "behaviours": _sha256(self.behaviours.model_dump_json()),
            "book": _sha256(rows),
            "loans": self.loans,
            "loans_a_chunk": self.loans_a_chunk,
            "seed": self.seed,
            "begins": str(self.book.begins),
            "ends": str(self.ends),
        }

    def chunks(self) -> list[range]:
        """The numbers of the loans of each chunk."""
        size = self.loans_a_chunk
        starts = range(1, self.loans + 1, size)
        return [range(start, min(start + size, self.loans + 1)) for start in starts]

    def settings(self) -> list[Setting]:
        """What the loans share, under each policy."""
        return [
            Setting(policy, self.behaviours, self._holidays(policy), self.seed,
                    self.book.begins, self.ends)
            for policy in self.policies
        ]  # fmt: skip

    def _holidays(self, policy: Policy) -> Holidays:
        years = range(self.book.begins.year, self.ends.year + 2)
        return public_holidays(policy.visit.holiday_country.value, years)


class Result(NamedTuple):
    """What came of some loans: a tally for each policy, and where two differ."""

    tallies: list[Tally]
    differences: list[Difference]

    def as_json(self) -> str:
        tallies = [tally.as_json() for tally in self.tallies]
        return json.dumps({"tallies": tallies, "differences": self.differences})


def run(
    simulation: Simulation, directory: Path, processes: int, done: Callable[[int], None]
) -> Result:
    """Simulate every loan, and answer with all of it; `done` hears of loans as they are done.

    What is in `directory` already is not computed again.

    Raises:
        RunError: when it holds another simulation.
    """
    _claim(simulation, directory)
    chunks = dict(enumerate(simulation.chunks()))
    missing = [number for number in chunks if not _file(directory, number).exists()]
    done(sum(len(chunk) for number, chunk in chunks.items() if number not in missing))
    for number, text in _computed(simulation, {each: chunks[each] for each in missing}, processes):
        _write(_file(directory, number), text)
        done(len(chunks[number]))
    return _together(simulation, [_read(_file(directory, number)) for number in chunks])


def _computed(
    simulation: Simulation, chunks: dict[int, range], processes: int
) -> Iterator[tuple[int, str]]:
    """The chunks as they are done, in whatever order."""
    if processes == 1 or len(chunks) < 2:
        settings = simulation.settings()
        for number, chunk in chunks.items():
            yield number, simulate(simulation.book, settings, chunk).as_json()
        return
    with ProcessPoolExecutor(
        processes,
        multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(
            simulation._replace(policies=()),
            [policy.model_dump_json() for policy in simulation.policies],
        ),
    ) as pool:
        numbers = {pool.submit(_work, chunk): number for number, chunk in chunks.items()}
        for finished in as_completed(numbers):
            yield numbers[finished], finished.result()


_shared: list[tuple[Book, list[Setting]]] = []  # of a process of the pool


def _begin(simulation: Simulation, policies: list[str]) -> None:
    """Policies come as text: their rules are of classes that no other process finds by name."""
    read = tuple(Policy.model_validate_json(each) for each in policies)
    _shared[:] = [(simulation.book, simulation._replace(policies=read).settings())]


def _work(chunk: range) -> str:
    book, settings = _shared[0]
    return simulate(book, settings, chunk).as_json()


def simulate(book: Book, settings: list[Setting], numbers: range) -> Result:
    """The loans of some numbers, under each setting."""
    result = Result([Tally() for _ in settings], [])
    for number in numbers:
        lives = [live(book.loan(number), setting) for setting in settings]
        for tally, life, setting in zip(result.tallies, lives, settings, strict=True):
            tally.add(life, setting.begins, setting.ends)
        if len(lives) == 2:
            result.differences.extend(differences(*lives))
    return result


def _together(simulation: Simulation, results: list[Result]) -> Result:
    whole = Result([Tally() for _ in simulation.policies], [])
    for result in results:
        for tally, part in zip(whole.tallies, result.tallies, strict=True):
            tally.merge(part)
        whole.differences.extend(result.differences)
    return whole


def _claim(simulation: Simulation, directory: Path) -> None:
    """Make a directory this simulation's own."""
    (directory / "chunks").mkdir(parents=True, exist_ok=True)
    file, wanted = directory / IDENTITY, json.dumps(simulation.identity(), indent=2)
    if not file.exists():
        _write(file, wanted)
    elif file.read_text(encoding="utf-8") != wanted:
        raise RunError(
            f"{directory}: holds another simulation, or one of another release; name another --out"
        )


def _file(directory: Path, number: int) -> Path:
    return directory / "chunks" / f"{number:06}.json"


def _write(file: Path, text: str) -> None:
    """Whole or not at all."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(file)


def _read(file: Path) -> Result:
    found = json.loads(file.read_text(encoding="utf-8"))
    return Result(
        [Tally(counts) for counts in found["tallies"]],
        [Difference(*each) for each in found["differences"]],
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
