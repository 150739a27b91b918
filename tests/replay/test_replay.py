"""The replay guard: runs that are open today must find their way under tomorrow's code."""

import gzip
import re
from collections.abc import Iterable
from typing import Any, get_type_hints

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from temporalio import activity
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from activities.case_activities import CaseActivities
from domain.case.state import CaseState, Stage
from temporal.converter import DATA_CONVERTER
from temporal.names import LOAN_COLLECTION
from temporal.sandbox import sandbox
from tests.support.replay.activities import activities_by_name
from tests.support.replay.catalogue import (
    Json,
    Payload,
    activity_inputs,
    activity_results,
    first_state,
    marks,
    read_history,
    recorded,
)
from workflows.desk.case_desk import CaseDesk
from workflows.loan_collection import PROCESS, LoanCollection
from workflows.picture import exits

HELP = """
{file} does not replay: {error}

A run that did this before the change would be stuck after it. Either keep the old way for runs that
have gone it: `if workflow.patched("what-changed"): new, else: old`. Or, where no run that is open
can have done this, retire the history and record another one: `make record-histories`.
See tests/replay/README.md.
"""
# Branches that neither the demo nor a test's last run takes: a life with many visits, for one.
NOT_RECORDED = {
    (Stage.APPROVAL, Stage.LEGAL_REVIEW),
    (Stage.APPOINTMENT, Stage.LEGAL_REVIEW),
    (Stage.PLAN, Stage.LEGAL_REVIEW),
    (Stage.AGREEMENT, Stage.LEGAL_REVIEW),
    (Stage.REPAYMENT, Stage.LEGAL_REVIEW),
    (Stage.REPAYMENT, Stage.REPAYMENT),
}
HISTORIES = {file.name: read_history(file) for file in recorded()}


async def _replay(name: str) -> None:
    replayer = Replayer(
        workflows=[LoanCollection],
        data_converter=DATA_CONVERTER,
        workflow_runner=sandbox(),
        debug_mode=True,  # a loaded machine is no deadlock
    )
    history = WorkflowHistory.from_json(LOAN_COLLECTION, HISTORIES[name])
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    if result.replay_failure is not None:
        pytest.fail(HELP.format(file=name, error=result.replay_failure), pytrace=False)


def _longest(mark: tuple[str, ...]) -> str:
    """The longest history that shows something."""
    shown = [name for name, history in HISTORIES.items() if mark in marks(history)]
    return max(shown, key=lambda name: len(HISTORIES[name]["events"]))


def _must_load(model: Any, payloads: Iterable[Payload]) -> None:
    for payload in payloads:
        try:
            TypeAdapter(model).validate_python(payload.value)
        except ValidationError as error:
            pytest.fail(
                f"what {payload.activity} was given or has answered does not load any more: "
                f"{error}\n\nA new field needs a default: histories hold values of before.",
                pytrace=False,
            )


@pytest.mark.parametrize("name", HISTORIES)
async def test_recorded_runs_replay(name: str) -> None:
    """Every kind of run, from the real server."""
    await _replay(name)


def test_every_stage_was_recorded_in_its_middle() -> None:
    """A change is most dangerous to runs that are asleep in the middle of a stage."""
    shown = {mark for history in HISTORIES.values() for mark in marks(history)}
    assert {("middle", stage) for stage in Stage} <= shown


def test_every_branch_was_recorded() -> None:
    """Each exit that a stage's signature names; what is still missing is named, and no more."""
    shown = {mark for history in HISTORIES.values() for mark in marks(history)}
    branches = {("branch", stage, end) for stage in PROCESS for end in exits(stage)}
    assert branches - shown == {("branch", stage, end) for stage, end in NOT_RECORDED}


def test_every_activity_was_recorded() -> None:
    """An activity that no history has could be renamed unseen."""
    shown = {mark for history in HISTORIES.values() for mark in marks(history)}
    not_of_a_loan = {
        "check_visitor", "complaints_left", "complaints_of_loan", "notify_staff_of_loan",
        "reconcile_cases", "scan_overdue_loans", "watch_complaints_at_rest",
    }  # fmt: skip
    assert {("activity", name) for name in set(activities_by_name()) - not_of_a_loan} <= shown


@pytest.mark.parametrize("name", HISTORIES)
def test_recorded_values_load(name: str) -> None:
    """What crossed before may still be under way: its models take it."""
    history: Json = HISTORIES[name]
    functions = activities_by_name()
    _must_load(CaseState, [Payload(LOAN_COLLECTION, first_state(history))])
    for payload in activity_inputs(history):
        hints = get_type_hints(functions[payload.activity])
        hints.pop("return")
        [model] = hints.values()
        _must_load(model, [payload])
    for payload in activity_results(history):
        _must_load(get_type_hints(functions[payload.activity])["return"], [payload])


# The guard is worth what it finds: each of these is a change that somebody might make.


async def test_an_added_activity_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage that does one thing more."""

    async def looks_once_more(desk: CaseDesk) -> Stage:
        await desk.look_again()
        return await contact_early(desk)

    contact_early = PROCESS[Stage.EARLY_CONTACT]
    monkeypatch.setitem(PROCESS, Stage.EARLY_CONTACT, looks_once_more)
    with pytest.raises(pytest.fail.Exception, match=r"workflow\.patched"):
        await _replay(_longest(("began in", Stage.EARLY_CONTACT)))


async def test_a_renamed_activity_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same deed under another name."""

    @activity.defn(name="take_case_up")
    async def take_case_up(self: CaseActivities, case_id: str) -> Any:
        raise NotImplementedError

    monkeypatch.setattr(CaseActivities, "take_up_case", take_case_up)
    with pytest.raises(pytest.fail.Exception, match="take_case_up"):
        await _replay(_longest(("began in", Stage.EARLY_CONTACT)))


def test_a_field_without_a_default_is_seen() -> None:
    """A state that asks for more than old states have."""

    class Grown(CaseState):
        branch_code: str

    class Taken(BaseModel):
        taken_by: str

    state = first_state(HISTORIES[_longest(("began in", Stage.EARLY_CONTACT))])
    for model in (Grown, Taken):
        with pytest.raises(pytest.fail.Exception, match="needs a default"):
            _must_load(model, [Payload(LOAN_COLLECTION, state)])


def test_histories_name_no_machine() -> None:
    """Neither who recorded them nor where."""
    for file in recorded():
        names = set(re.findall(rb'"identity":"[^"]*"', gzip.decompress(file.read_bytes())))
        assert names == {b'"identity":"recorded"'}
