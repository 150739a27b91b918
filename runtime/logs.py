"""Structured logs on stderr: ours, Temporal's and every library's, in one shape.

Identifiers only: an exception is logged with its traceback but never with its local variables,
which may hold a borrower's data.
"""

import logging
import sys
from collections.abc import MutableMapping
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
_RENAMED = {"workflow_run_id": "run_id"}


def configure_logging(fmt: LogFormat) -> None:
    """Send every log line of this process to stderr: colours for people or JSON for machines."""
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
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), _keep_identifiers],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_ending(fmt)],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


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
