"""What the engine says of the runs of loans: by the visibility list, and run by run.

The list lags behind by seconds, and it may have lost a run, or still have one. Whoever is about to
act on it asks for the run itself.
"""

from collections.abc import Sequence
from typing import NamedTuple

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    ListWorkflowExecutionsRequest,
    ListWorkflowExecutionsResponse,
)
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from domain.case.state import CaseState
from temporal.converter import read_untyped
from temporal.names import CASE_STATE, LOAN_COLLECTION, WORKFLOW_ID_PREFIX, workflow_id
from temporal.search_attributes import COLLECTION_STAGE

RUNNING = "running"
NO_RUN = "none"  # none that the engine knows of: deleted, or past its retention
_OPEN = f"WorkflowType = '{LOAN_COLLECTION}' AND ExecutionStatus = 'Running'"
_LISTED_AT_ONCE = 100  # ids in one query of the list


class OpenRun(NamedTuple):
    """A run of the visibility list, and the stage it was last filtered by."""

    loan_id: str
    stage: str | None


class RunPage(NamedTuple):
    """One page of the list; the next one's token is empty at the end."""

    runs: list[OpenRun]
    next_token: bytes


class TemporalRuns:
    """Asks the server for the runs of `LoanCollection`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def page(self, token: bytes, size: int) -> RunPage:
        """Open runs, in the server's own order."""
        answer = await self._list(_OPEN, token, size)
        runs = [_open_run(execution) for execution in answer.executions]
        return RunPage([run for run in runs if run is not None], answer.next_page_token)

    async def running_among(self, loan_ids: Sequence[str]) -> set[str]:
        """Those of the loans that have an open run on the list."""
        plain = [each for each in loan_ids if "'" not in each and "\\" not in each]
        found: set[str] = set()
        for first in range(0, len(plain), _LISTED_AT_ONCE):
            part = plain[first : first + _LISTED_AT_ONCE]
            ids = ", ".join(f"'{workflow_id(loan_id)}'" for loan_id in part)
            answer = await self._list(f"{_OPEN} AND WorkflowId IN ({ids})", b"", len(part))
            found |= {run.loan_id for each in answer.executions if (run := _open_run(each))}
        return found

    async def standing(self, loan_id: str) -> str:
        """How a loan's last run stands: `running`, `terminated`, `failed`, …, or `none`."""
        request = DescribeWorkflowExecutionRequest(
            namespace=self._client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id(loan_id)),
        )
        try:
            # Not by the SDK's own call: it stumbles over a search attribute that was taken away.
            found = await self._client.workflow_service.describe_workflow_execution(request)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return NO_RUN
            raise
        name = WorkflowExecutionStatus.Name(found.workflow_execution_info.status)
        return name.removeprefix("WORKFLOW_EXECUTION_STATUS_").lower()

    async def state_of(self, loan_id: str) -> CaseState | None:
        """The state that a loan's run carries; None when no worker answers for it."""
        handle = self._client.get_workflow_handle(workflow_id(loan_id))
        try:
            state: CaseState = await handle.query(CASE_STATE, result_type=CaseState)
        except (RPCError, WorkflowQueryFailedError):
            return None
        return state

    async def _list(self, query: str, token: bytes, size: int) -> ListWorkflowExecutionsResponse:
        return await self._client.workflow_service.list_workflow_executions(
            ListWorkflowExecutionsRequest(
                namespace=self._client.namespace,
                query=query,
                page_size=size,
                next_page_token=token,
            )
        )


def _open_run(execution: WorkflowExecutionInfo) -> OpenRun | None:
    run_of = execution.execution.workflow_id
    if not run_of.startswith(WORKFLOW_ID_PREFIX):
        return None
    attribute = execution.search_attributes.indexed_fields.get(COLLECTION_STAGE.name)
    stage = None if attribute is None else read_untyped(attribute)
    return OpenRun(
        run_of.removeprefix(WORKFLOW_ID_PREFIX), stage if isinstance(stage, str) else None
    )
