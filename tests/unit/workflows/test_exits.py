"""The process is in the signatures of its stages: the type checker holds each exit."""

from pathlib import Path

import pytest

from domain.case.state import Stage
from simulation.process import follow
from workflows.desk.case_desk import CaseDesk
from workflows.loan_collection import PROCESS
from workflows.picture import ROWS, draw, exits
from workflows.routines.visit_ends import AfterVisit


def test_every_stage_but_the_end_is_a_row_of_the_process() -> None:
    """A stage without a function would stop a case that enters it."""
    assert set(PROCESS) == set(Stage) - {Stage.ENDED}


def test_a_simulation_knows_the_same_stages() -> None:
    """One that it lacked would end a simulation of loans that enter it."""
    assert set(follow.PROCESS) == set(PROCESS)


@pytest.mark.parametrize("stage", PROCESS)
def test_a_stage_names_its_exits(stage: Stage) -> None:
    """And each of them is a stage that the process has."""
    assert exits(stage)
    assert set(exits(stage)) <= set(PROCESS)


def test_every_stage_can_be_reached() -> None:
    """From the first one, by the exits alone."""
    reached = {Stage.EARLY_CONTACT}
    while new := {following for stage in reached for following in exits(stage)} - reached:
        reached |= new
    assert reached == set(PROCESS)


async def ends_elsewhere(_desk: CaseDesk) -> AfterVisit:
    """An exit that the signature does not name: mypy would fail if the comment were not needed."""
    return Stage.PLAN  # type: ignore[return-value]


def test_picture_shows_the_process_as_it_is(repository: Path) -> None:
    """Draw it anew when it fails: python -m workflows.picture > docs/process.svg."""
    assert {stage for row in ROWS for stage in row} == set(PROCESS)
    assert (repository / "docs/process.svg").read_text("utf-8") == draw()
