"""The reconciliation: for each unfinished case exactly one open run, checked and not assumed."""

import asyncio
import base64
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import BaseModel, ValidationError
from temporalio import activity

from activities.business_time import Now
from activities.scan_activities import MOST_NAMED, STARTS_AT_ONCE, CaseStarter
from database.case.case_record import CaseRecords
from database.case.reconciliation import CasesOnRecord, LoanOnRecord
from domain.case.rebuilt.differences import differences
from domain.case.rebuilt.state import Rebuilt
from domain.case.state import CaseState, DueCase, Stage
from domain.clock import BusinessClock
from domain.mistakes import describe_mistakes
from temporal.runs import RUNNING, OpenRun, RunPage

PAGE_SIZE = 500  # cases, or runs, in memory at a time
# Who has paid is told so, in the morning or after a hold: until then a run goes on after its case.
SAYS_GOODBYE_WITHIN = timedelta(days=30)


class Runs(Protocol):
    """What the engine says of the runs of loans."""

    async def page(self, token: bytes, size: int) -> RunPage:
        """Open runs, page by page."""
        ...

    async def running_among(self, loan_ids: Sequence[str]) -> set[str]:
        """Those of the loans that have an open run, by a list that may lag behind."""
        ...

    async def standing(self, loan_id: str) -> str:
        """How a loan's last run stands, by the run itself."""
        ...

    async def state_of(self, loan_id: str) -> CaseState | None:
        """The state that a loan's run carries, when somebody answers for it."""
        ...


class Finding(BaseModel):
    """One difference between the record and the engine, by the loan's id, and what was done."""

    loan_id: str
    what: str


class Reconciliation(BaseModel):
    """What a reconciliation found and did, and where it has got to."""

    cases: int = 0  # unfinished ones, looked at
    lost: int = 0  # without an open run
    taken_up: int = 0
    failed: int = 0  # could not be taken up; the next one tries again
    runs: int = 0  # open ones, looked at
    runs_astray: int = 0  # without an open case, or that stand elsewhere than the record says
    findings: list[Finding] = []  # the first ones
    most_named: int = MOST_NAMED
    after_loan: str = ""
    cases_done: bool = False
    runs_token: str = ""
    runs_done: bool = False

    @property
    def differs(self) -> bool:
        """Whether record and engine disagreed anywhere."""
        return bool(self.lost or self.runs_astray)

    def name(self, loan_id: str, what: str) -> None:
        """Name a difference."""
        if len(self.findings) < self.most_named:
            self.findings.append(Finding(loan_id=loan_id, what=what))


class Reconciler:
    """Compares the record with the engine, and takes up what was lost.

    By the stages that the visibility list has; a thorough one asks each run for its whole state,
    which a worker has to answer.
    """

    def __init__(
        self,
        cases: CasesOnRecord,
        records: CaseRecords,
        runs: Runs,
        starter: CaseStarter,
        clock: BusinessClock,
        *,
        only_looks: bool = False,
        is_thorough: bool = False,
    ) -> None:
        self._cases = cases
        self._records = records
        self._runs = runs
        self._starter = starter
        self._clock = clock
        self._only_looks = only_looks
        self._is_thorough = is_thorough
        self._limit = asyncio.Semaphore(STARTS_AT_ONCE)

    async def reconcile(
        self,
        found: Reconciliation,
        now: Now,
        report: Callable[[Reconciliation], None],
        page_size: int = PAGE_SIZE,
    ) -> Reconciliation:
        """Go on from where `found` says it got to; `report` is called after each page.

        First every unfinished case and its run, then every open run and its case.
        """
        while not found.cases_done:
            page = await self._cases.page_of_running(found.after_loan, page_size)
            await self._look_at_cases(page, found, now())
            found.cases_done = len(page) < page_size
            found.after_loan = page[-1].loan_id if page else found.after_loan
            report(found)
        while not found.runs_done:
            runs = await self._runs.page(base64.b64decode(found.runs_token), page_size)
            await self._look_at_runs(runs.runs, found, now())
            found.runs_token = base64.b64encode(runs.next_token).decode()
            found.runs_done = not runs.next_token
            report(found)
        return found

    async def _look_at_cases(
        self, page: list[DueCase], found: Reconciliation, now: datetime
    ) -> None:
        running = await self._runs.running_among([case.loan_id for case in page])
        missing = [case for case in page if case.loan_id not in running]
        standings = await asyncio.gather(*(self._standing(case) for case in missing))
        lost = {
            case.case_id: standing
            for case, standing in zip(missing, standings, strict=True)
            if standing != RUNNING  # the list lags behind
        }
        found.cases += len(page)
        rebuilt = await self._rebuild(
            [case for case in missing if case.case_id in lost], found, now
        )
        await asyncio.gather(
            *(self._take_up(each, lost[each.state.case_id], found) for each in rebuilt)
        )

    async def _rebuild(
        self, cases: Sequence[DueCase], found: Reconciliation, now: datetime
    ) -> list[Rebuilt]:
        """Their states; a record that cannot be read is named, and keeps no other from its own."""
        try:
            return [
                each.rebuild(self._clock, now)
                for each in await self._records.read([case.case_id for case in cases])
                if not each.record.is_finished  # by its run, since the page was read
            ]
        except (ValueError, LookupError) as error:
            if len(cases) > 1:
                half = len(cases) // 2
                halves = (cases[:half], cases[half:])
                return [each for part in halves for each in await self._rebuild(part, found, now)]
            [case] = cases
            found.lost += 1
            found.failed += 1
            found.name(case.loan_id, f"its record cannot be read: {_what_is_wrong(error)}")
            return []

    async def _standing(self, case: DueCase) -> str:
        async with self._limit:
            return await self._runs.standing(case.loan_id)

    async def _take_up(self, rebuilt: Rebuilt, standing: str, found: Reconciliation) -> None:
        state, guesses = rebuilt
        found.lost += 1
        stands = f"open in {state.stage}" if state.end is None else "closed, its end unfinished"
        what = f"{stands}, its run: {standing}"
        if guesses:
            what += f"; guessed: {'; '.join(guesses)}"
        if self._only_looks:
            found.name(state.loan_id, what)
            return
        case = DueCase(case_id=state.case_id, loan_id=state.loan_id, state=state)
        try:
            async with self._limit:
                is_started = await self._starter.start_case(case)
        except Exception as error:
            found.failed += 1
            found.name(state.loan_id, f"{what}; not taken up: {error}")
            return
        if not is_started:  # somebody else has done it meanwhile
            found.lost -= 1
            return
        found.taken_up += 1
        found.name(state.loan_id, f"{what}; taken up there")

    async def _look_at_runs(
        self, runs: list[OpenRun], found: Reconciliation, now: datetime
    ) -> None:
        known = await self._cases.of_loans([run.loan_id for run in runs])
        found.runs += len(runs)
        whats = await asyncio.gather(
            *(self._what_differs(run, known.get(run.loan_id), now) for run in runs)
        )
        for run, what in zip(runs, whats, strict=True):
            if what is not None:
                found.runs_astray += 1
                found.name(run.loan_id, what)

    async def _what_differs(
        self, run: OpenRun, loan: LoanOnRecord | None, now: datetime
    ) -> str | None:
        what = _astray(run, loan, now)
        if what is not None or loan is None:
            return what
        if loan.closed_at is not None:
            return await self._works_on(run, loan)
        if not self._is_thorough and run.stage in (None, loan.stage):
            return None
        async with self._limit:
            return await self._elsewhere(run.loan_id) and await self._elsewhere(run.loan_id)

    async def _works_on(self, run: OpenRun, loan: LoanOnRecord) -> str | None:
        """Whether a run knows nothing of its case's end, as one out of an older copy."""
        if run.stage in (None, Stage.ENDED):
            return None
        async with self._limit:
            state = await self._runs.state_of(run.loan_id)
        if state is None or state.case_id != loan.case_id or state.stage is Stage.ENDED:
            return None
        return f"the run stands in {state.stage}, and the case ended on {loan.closed_at:%Y-%m-%d}"

    async def _elsewhere(self, loan_id: str) -> str | None:
        """Where a run is, if the record says otherwise. Asked twice, for both move on."""
        state = await self._runs.state_of(loan_id)
        case_id = await self._cases.open_case_of(loan_id)
        if case_id is None:
            return None
        if state is None:
            return "its run does not answer, and was not compared with the record"
        if state.case_id != case_id:
            return f"the run is of case {state.case_id}, the record has {case_id} open"
        [recorded] = await self._records.read([case_id])
        on_record = recorded.rebuild(self._clock).state
        if state.stage != on_record.stage:
            return f"the run stands in {state.stage}, the record says {on_record.stage}"
        if not self._is_thorough:
            return None
        return "; ".join(str(each) for each in differences(state, on_record)) or None


def _what_is_wrong(error: Exception) -> str:
    """By its fields, without what stands in them."""
    if isinstance(error, ValidationError):
        return describe_mistakes(error.errors(include_input=False, include_url=False))
    return type(error).__name__


def _astray(run: OpenRun, loan: LoanOnRecord | None, now: datetime) -> str | None:
    """Why a run has no case to work on, if it has none."""
    if loan is None:
        return "a run is open, and the record does not know the loan"
    if loan.case_id is None:
        return "a run is open, and the record has no case of the loan"
    if loan.closed_at is not None and loan.closed_at < now - SAYS_GOODBYE_WITHIN:
        return f"a run is open, and the case ended on {loan.closed_at:%Y-%m-%d}"
    return None


class ReconcileActivities:
    """The reconciliation as a part of the scheduled scan."""

    def __init__(self, reconciler: Reconciler, now: Now) -> None:
        self._reconciler = reconciler
        self._now = now

    @activity.defn
    async def reconcile_cases(self) -> Reconciliation:
        """Compare unfinished cases and open runs; a retry goes on after the last page done."""
        details = activity.info().heartbeat_details
        found = Reconciliation.model_validate(details[0]) if details else Reconciliation()
        found = await self._reconciler.reconcile(
            found, self._now, lambda done: activity.heartbeat(done.model_dump(mode="json"))
        )
        for finding in found.findings:
            activity.logger.warning("%s: %s", finding.loan_id, finding.what)
        return found
