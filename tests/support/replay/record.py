"""Records histories, and keeps the few that show all of the process.

    make record-histories     adds histories that show what the kept ones do not

First those of the demo's loans, on the real server: in the middle of a stage, when one is first
seen there, and at their end. Then, for branches that the demo does not take, those of the workflow
tests, on the server whose time is skipped. What is kept is the smallest set that shows each branch,
each end, each stage in the middle, each event, message and notice. Names of machines are taken out.
`tests/replay/README.md` says when to record, and when a history may go.
"""

import asyncio
import gzip
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client, WorkflowExecution

from demo.run import SCAN_EVERY_SECONDS, Demo, clock_of
from embedded.pace import measured_day
from embedded.stack import EmbeddedStack
from temporal.names import LOAN_COLLECTION, workflow_id
from temporal.search_attributes import COLLECTION_STAGE, WAITING_FOR
from tests.support.replay.catalogue import (
    HISTORIES,
    Json,
    Mark,
    is_open,
    marks,
    read_history,
    recorded,
)

LIMIT = timedelta(minutes=20)
LOOK_EVERY_SECONDS = 1
OF_EACH_WAIT = 3  # runs recorded in the middle of it
RECORD_INTO = "RECORD_HISTORIES_INTO"  # the variable that names a directory
_OF_LOANS = f"WorkflowType = '{LOAN_COLLECTION}'"


async def record() -> int:
    """Run the demo, and keep what it shows beyond what is kept already."""
    os.environ["SCAN_EVERY_SECONDS"] = str(SCAN_EVERY_SECONDS)
    day_length = await measured_day()
    stack = EmbeddedStack(clock=clock_of(datetime.now(UTC), day_length))
    with TemporaryDirectory() as directory:
        async with stack:
            client = await stack.connect_temporal()
            watching = asyncio.create_task(_record_open_runs(client, Path(directory)))
            code = await Demo(stack, day_length, LIMIT).run(keep=False)
            watching.cancel()
            async for run in client.list_workflows(_OF_LOANS):
                await _record(client, run, Path(directory))
        kept = keep_what_is_new(Path(directory))
    with TemporaryDirectory() as directory:
        tests = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pytest", "-q", "tests/workflow",
            env={**os.environ, RECORD_INTO: directory},
        )  # fmt: skip
        code = code or await tests.wait()
        kept += keep_what_is_new(Path(directory))
    print(f"{len(kept)} histories added to {HISTORIES}")  # noqa: T201
    return code


async def record_life(client: Client, loan_id: str, name: str) -> None:
    """Record the last run of a test's loan, where the environment asks for it."""
    if directory := os.environ.get(RECORD_INTO):
        history = await client.get_workflow_handle(workflow_id(loan_id)).fetch_history()
        name = "".join(each if each.isalnum() else "-" for each in name)
        write_history(Path(directory), f"{name}-{loan_id}", json.loads(history.to_json()))


def keep_what_is_new(directory: Path) -> list[Path]:
    """Copy the smallest set of histories that shows what no kept one does."""
    seen: set[Mark] = set()
    for file in recorded():
        seen |= marks(read_history(file))
    candidates = {file: read_history(file) for file in sorted(directory.glob("*.json.gz"))}
    shown = {file: marks(history) for file, history in candidates.items()}
    kept = []
    while missing := set().union(*shown.values()) - seen:
        best = max(shown, key=lambda file: len(shown[file] & missing) / file.stat().st_size)
        name = _name(best, candidates[best])
        (HISTORIES / name).write_bytes(best.read_bytes())
        kept.append(HISTORIES / name)
        seen |= shown[best]
    return kept


def _name(file: Path, history: Json) -> str:
    """What the run was, as far as a file's name can say it."""
    run = file.name.removesuffix(".json.gz")
    [last] = [mark[-1] for mark in marks(history) if mark[0] in ("middle", "continued")] or ["end"]
    return f"{last}-{run}.json.gz"


async def _record_open_runs(client: Client, directory: Path) -> None:
    seen: dict[tuple[object, object], int] = {}
    while True:
        async for run in client.list_workflows(f"{_OF_LOANS} AND ExecutionStatus = 'Running'"):
            attributes = run.typed_search_attributes
            wait = (attributes.get(COLLECTION_STAGE), attributes.get(WAITING_FOR))
            if None not in wait and seen.get(wait, 0) < OF_EACH_WAIT:
                seen[wait] = seen.get(wait, 0) + 1
                await _record(client, run, directory)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _record(client: Client, run: WorkflowExecution, directory: Path) -> None:
    history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
    write_history(directory, run.id, json.loads(history.to_json()))


def write_history(directory: Path, workflow_id: str, history: Json) -> None:
    """Write a history without the names of the machines it was made on."""
    events = history["events"]
    name = f"{workflow_id}-{len(events)}" + ("-open" if is_open(history) else "")
    text = json.dumps(_anonymous(history), separators=(",", ":"))
    file = directory / f"{name}.json.gz"
    file.write_bytes(gzip.compress(text.encode(), mtime=0))  # the same bytes for the same history


def _anonymous(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: "recorded" if key == "identity" else _anonymous(each)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_anonymous(each) for each in value]
    return value


if __name__ == "__main__":
    code = asyncio.run(record())
    sys.stdout.flush()
    os._exit(code)  # the Temporal client's threads sometimes abort an interpreter that ends
