"""Starts the workflow of a case, and of what it leaves open, once."""

from contextlib import suppress

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.case.state import CaseState, DueCase
from domain.clock import BusinessClock
from temporal.names import (
    COMPLAINT_WATCH,
    LOAN_COLLECTION,
    TASK_QUEUE,
    complaint_watch_id,
    workflow_id,
)


class TemporalCaseStarter:
    """Starts `LoanCollection` under the loan's id: at most one open run a loan."""

    def __init__(self, client: Client, clock: BusinessClock) -> None:
        self._client = client
        self._clock = clock

    async def start_case(self, case: DueCase) -> bool:
        """Whether a workflow was started; False when one was running already."""
        try:
            await self._client.start_workflow(
                LOAN_COLLECTION,
                case.state or self._beginning_of(case),
                id=workflow_id(case.loan_id),
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                static_summary=f"Loan {case.loan_id}",
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    def _beginning_of(self, case: DueCase) -> CaseState:
        """Its ladder is to be followed from then on, however late a worker takes it up."""
        return CaseState(
            loan_id=case.loan_id,
            case_id=case.case_id,
            clock=self._clock,
            ladder_followed_until=case.found_at,
        )


class TemporalWatchStarter:
    """Starts the workflow that watches over complaints while no case of their loan is open."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def start_watch(self, watched: str, watch: BaseModel) -> None:
        """Start it, unless it is running: that of an end of this case that was reversed."""
        with suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                COMPLAINT_WATCH,
                watch,
                id=complaint_watch_id(watched),
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )
