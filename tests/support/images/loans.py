"""The loans of a run, what is expected of them, and how Postgres is asked about it."""

import json
import tempfile
from datetime import date
from pathlib import Path

from tests.support.images.stack import Stack
from tests.support.images.transcript import RedError, until
from tests.support.tapes.files import write_tape

AS_OF = date(2026, 3, 3)
# On this day a message is sent, so that a new case sends one at once.
DAYS_PAST_DUE = 20
FIRST, SECOND = "IMAGE-1", "IMAGE-2"

PATIENCE_SECONDS = 60


def import_loan(stack: Stack, loan_id: str) -> str:
    """Import one overdue loan with the image; what the import said."""
    with tempfile.TemporaryDirectory() as folder:
        tape = write_tape(Path(folder) / "tape", AS_OF, {loan_id: DAYS_PAST_DUE})
        Path(folder).chmod(0o755)
        mount = f"{tape}:/tape.jsonl:ro"
        once = ("run", "--rm", "--no-deps", "-T", "--volume", mount, "worker")
        command = ("python", "starter.py", "import", "--invent-people", "/tape.jsonl")
        return stack.compose(*once, *command)


def wait_for_sql(stack: Stack, statement: str, what: str) -> None:
    """Wait until a statement answers with something. Raises RedError when it does not."""
    until(lambda: stack.sql(statement) != "", what, PATIENCE_SECONDS)


def expect(seen: object, wanted: object) -> None:
    """Raises RedError with both when they differ."""
    if seen != wanted:
        raise RedError(f"{json.dumps(seen)} instead of {json.dumps(wanted)}")
