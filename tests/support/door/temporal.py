"""Temporal as the door meets it, without a server."""

from typing import Any, cast

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode


class _NoRun:
    async def execute_update(self, *_: Any, **__: Any) -> Any:
        raise RPCError("workflow not found", RPCStatusCode.NOT_FOUND, b"")

    query = describe = execute_update


class _WithoutRuns:
    def get_workflow_handle(self, _workflow_id: str) -> _NoRun:
        return _NoRun()


def client_without_runs() -> Client:
    """A server that is there, and has no run of any loan."""
    return cast("Client", _WithoutRuns())
