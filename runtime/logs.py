"""Structured logs on stderr: ours, Temporal's and every library's, in one shape.

Identifiers only: an exception is logged with its traceback but never with its local variables,
which may hold a borrower's data.
"""

import logging
import math
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Literal

import structlog
from structlog.typing import Processor
from temporalio import activity, workflow

LogFormat = Literal["console", "json"]

# What a line keeps of the dozen facts that the SDK attaches to each of its own.
_KEPT = {
    "temporal_workflow": ("workflow_id", "run_id", "update_name"),
    "temporal_activity": ("workflow_id", "workflow_run_id", "activity_type", "attempt"),
}
SAID_EVERY_SECONDS = 60
_RENAMED = {"workflow_run_id": "run_id"}


def configure_logging(fmt: LogFormat, outages: tuple[type[BaseException], ...] = ()) -> None:
    """Send every log line of this process to stderr: colours for people or JSON for machines.

    `outages`: errors that everything runs into at once while something is away; said once a
    minute, in a line.
    """
    # The SDK would append the same facts to the text of each message.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    shared = _shared_processors()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(OncePerOutage(outages))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), _keep_identifiers],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_ending(fmt)],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # It would say the address of each request, which may hold a number or a secret.
    logging.getLogger("httpx2").setLevel(logging.WARNING)


class OncePerOutage(logging.Filter):
    """Lets an error of the given types through once a minute, as one line without a traceback."""

    def __init__(
        self, outages: tuple[type[BaseException], ...], now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._outages = outages
        self._now = now
        self._says_again_at = -math.inf
        self._unsaid = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is written; reworded, if it is the first of an outage."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, self._outages):
            return True
        if self._now() < self._says_again_at:
            self._unsaid += 1
            return False
        record.msg, record.args, record.exc_info = self._line(error), (), None
        self._says_again_at = self._now() + SAID_EVERY_SECONDS
        self._unsaid = 0
        return True

    def _line(self, error: BaseException) -> str:
        before = f", {self._unsaid} more since the last such line" if self._unsaid else ""
        return f"{error}; what needs it is tried again until it does{before}"


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _ending(fmt: LogFormat) -> list[Processor]:
    if fmt == "console":
        return [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]


def _keep_identifiers(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Lift the identifiers out of the SDK's nested facts and drop the rest."""
    for source, names in _KEPT.items():
        facts = event.pop(source, None) or {}
        for name in names:
            if name in facts:
                event.setdefault(_RENAMED.get(name, name), facts[name])
    event.pop("__temporal_error_identifier", None)
    return event
