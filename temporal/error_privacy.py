"""Keeps what stands in database rows out of workflow histories and logs."""

from typing import Any

from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from database.errors import rows_kept_out_of_errors


class ErrorPrivacy(Interceptor):
    """Wraps every activity of a worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Called by the worker for each activity."""
        return _WithoutRows(next)


class _WithoutRows(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        with rows_kept_out_of_errors():
            return await super().execute_activity(input)
