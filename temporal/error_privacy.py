"""Keeps what stands in database rows out of workflow histories and logs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

Guard = Callable[[], AbstractContextManager[None]]


class ErrorPrivacy(Interceptor):
    """Runs every activity of a worker within a guard that rewords errors that quote a row."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Called by the worker for each activity."""
        return _Guarded(next, self._guard)


class _Guarded(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, guard: Guard) -> None:
        super().__init__(following)
        self._guard = guard

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        with self._guard():
            return await super().execute_activity(input)
