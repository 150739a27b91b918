"""A simulation is the same again: from its seed, on any number of processes, after a stop."""

from collections import Counter
from pathlib import Path

import pytest

from domain.policy.policy import Policy
from simulation.report.differences import Difference
from simulation.run import Result, RunError, run
from tests.support.simulation.policies import Simulate, policy_with_second_step_on


def _nobody_hears(_: int) -> None:
    """Of the progress."""


def test_the_same_seed_is_the_same_run(simulation: Simulate, tmp_path: Path) -> None:
    """To the last count; and another seed is another run."""
    runs = [
        run(simulation(seed=seed), tmp_path / name, 1, _nobody_hears).as_json()
        for seed, name in ((1, "a"), (1, "b"), (2, "c"))
    ]
    assert runs[0] == runs[1] != runs[2]


def test_processes_do_not_matter(simulation: Simulate, tmp_path: Path) -> None:
    """Two compute what one does."""
    in_tens = simulation()._replace(loans_a_chunk=10)
    alone = run(in_tens, tmp_path / "alone", 1, _nobody_hears)
    together = run(in_tens, tmp_path / "together", 2, _nobody_hears)
    assert alone.as_json() == together.as_json()


def test_an_interrupted_run_goes_on(simulation: Simulate, tmp_path: Path) -> None:
    """What is there is not computed again, and the whole is what it would have been."""
    in_tens = simulation()._replace(loans_a_chunk=10)
    whole = run(in_tens, tmp_path, 1, _nobody_hears).as_json()
    chunks = sorted((tmp_path / "chunks").iterdir())
    chunks[1].unlink()
    written = chunks[0].stat().st_mtime_ns
    advanced: list[int] = []
    assert run(in_tens, tmp_path, 1, advanced.append).as_json() == whole
    assert advanced == [30, 10]
    assert chunks[0].stat().st_mtime_ns == written


def test_another_simulation_is_kept_apart(simulation: Simulate, tmp_path: Path) -> None:
    """A directory that holds another one is refused, and nothing in it changes."""
    run(simulation(), tmp_path, 1, _nobody_hears)
    with pytest.raises(RunError, match="holds another simulation"):
        run(simulation(seed=2), tmp_path, 1, _nobody_hears)


def test_what_another_release_has_computed_is_no_result_of_this_one(
    simulation: Simulate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor what was computed with other calendars."""
    run(simulation(), tmp_path, 1, _nobody_hears)
    with pytest.raises(RunError, match="or one of another release"):
        run(simulation()._replace(release="0.0.1"), tmp_path, 1, _nobody_hears)
    monkeypatch.setattr("simulation.run.CALENDARS", "0.1")
    with pytest.raises(RunError, match="or one of another release"):
        run(simulation(), tmp_path, 1, _nobody_hears)


def test_two_policies_differ_in_what_differs(
    simulation: Simulate, shipped: Policy, silent: Path, tmp_path: Path
) -> None:
    """A step one day later: of each loan that call, a day later, and nothing else."""
    found = _compare(simulation, silent, shipped, policy_with_second_step_on(4, tmp_path), tmp_path)
    assert found
    days = {(each.key.rsplit(":", 1)[1], bool(each.at_first), bool(each.at_second))
            for each in found}  # fmt: skip
    assert days == {("dpd-3-call", True, False), ("dpd-4-call", False, True)}
    first, second = (
        Counter(each.loan_id for each in found if (each.at_first if one else each.at_second))
        for one in (True, False)
    )
    begin_on_day_four = {"LC-08161-68"}  # its day three is over
    assert set(second) - set(first) == begin_on_day_four
    assert first == second - Counter(begin_on_day_four)


def test_a_policy_is_no_other_than_itself(
    simulation: Simulate, shipped: Policy, silent: Path, tmp_path: Path
) -> None:
    """Nothing differs."""
    assert _compare(simulation, silent, shipped, shipped, tmp_path) == []


def _compare(
    simulation: Simulate, silent: Path, first: Policy, second: Policy, directory: Path
) -> list[Difference]:
    wanted = simulation(first, second, loans=90, file=silent)  # some that are not yet overdue
    result: Result = run(wanted, directory / "out", 1, _nobody_hears)
    return result.differences
