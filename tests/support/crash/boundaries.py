"""Death at the boundaries of activities: before one begins, and after its effect is on record.

In both cases the server hears of no completion, and has the activity done again.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from temporalio import activity
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)


class Side(StrEnum):
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A side of the n-th time that a life has an activity done."""

    activity: str
    number: int
    side: Side

    def __str__(self) -> str:
        return f"{self.side} {self.activity} {self.number}"


class Boundaries(ClientInterceptor, Interceptor):
    """Sees each boundary of the activities once, and dies there if it is a deadly one.

    `reached`: the boundaries in their order; `deaths`: those at which the worker died.
    """

    def __init__(self, deadly: Callable[[Boundary], bool]) -> None:
        self._deadly = deadly
        self._numbers: Counter[str] = Counter()
        self._names: dict[tuple[str | None, str], tuple[str, int]] = {}
        self.reached: list[Boundary] = []
        self.deaths: list[Boundary] = []

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Called by the worker for each activity."""
        return _AtBoundary(next, self)

    def pass_by(self, side: Side) -> None:
        """Whoever comes back after a death passes where they died.

        Raises:
            ApplicationError: the worker dies here.
        """
        boundary = Boundary(*self._name(), side)
        if boundary in self.reached:
            return
        self.reached.append(boundary)
        if self._deadly(boundary):
            self.deaths.append(boundary)
            raise ApplicationError(f"the worker died {boundary}")

    def _name(self) -> tuple[str, int]:
        info = activity.info()
        key = (info.workflow_run_id, info.activity_id)
        if key not in self._names:
            self._numbers[info.activity_type] += 1
            self._names[key] = (info.activity_type, self._numbers[info.activity_type])
        return self._names[key]


class _AtBoundary(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, boundaries: Boundaries) -> None:
        super().__init__(following)
        self._boundaries = boundaries

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        self._boundaries.pass_by(Side.BEFORE)
        result = await super().execute_activity(input)
        self._boundaries.pass_by(Side.AFTER)
        return result
