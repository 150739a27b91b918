"""A loan: where it stands, as `ops.py status` says it."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from door.acceptance import is_loan_id
from door.contract.description import LOAN_STATUS
from door.parts import Door, Trace, work_on
from door.problems import Kind, ProblemError
from temporal.names import STATUS, workflow_id

ANSWERS_WITHIN = timedelta(seconds=5)


def loans_router(door: Door) -> APIRouter:
    """The address of a loan."""
    router = APIRouter()

    @router.get("/v1/loans/{loan_id}", **LOAN_STATUS)
    async def status_of(request: Request, loan_id: str) -> Response:
        async def work(trace: Trace) -> Response:
            sender = await door.sender_of_target(request)
            trace.note(key_id=sender.key_id)
            lender = await door.inbox.lender_of(loan_id) if is_loan_id(loan_id) else None
            if not sender.may_speak_of(lender):
                raise ProblemError(Kind.NO_SUCH_LOAN)
            trace.note(loan_id=loan_id)
            return JSONResponse(await _status(door.client, loan_id))

        return await work_on(door, work, "status")

    return router


async def _status(client: Client, loan_id: str) -> dict[str, Any]:
    handle = client.get_workflow_handle(workflow_id(loan_id))
    try:
        answer: dict[str, Any] = await handle.query(STATUS, rpc_timeout=ANSWERS_WITHIN)
    except RPCError as error:
        missing = error.status is RPCStatusCode.NOT_FOUND
        raise ProblemError(Kind.NO_CASE if missing else Kind.NOT_NOW) from error
    except (WorkflowQueryFailedError, RuntimeError) as error:
        raise ProblemError(Kind.NOT_NOW) from error
    return answer
