"""`make drill-planted`: the drill finds each planted fault by itself, and none where none is."""

import asyncio
import json
import sys
from datetime import timedelta
from typing import Annotated

import typer

from demo.run import tell
from drills.planted.all_planted import PLANTED
from drills.run import RESULTS
from drills.sizes import PLANTED as PLANTED_SIZE

GREEN = 0
_WITHIN = timedelta(minutes=10)


async def _one(planted: str | None, day: float | None) -> bool:
    """Whether a drill ends as it has to: found by the check that it is meant for, or all green."""
    words = [sys.executable, "-m", "drills.command", "--form", PLANTED_SIZE.name]
    words += ["--planted", planted] if planted else []
    words += ["--day", str(day)] if day else []
    file = RESULTS / f"{PLANTED_SIZE.name}-1.json"
    file.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(*words)
    try:
        code = await asyncio.wait_for(process.wait(), _WITHIN.total_seconds())
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if planted is None:
        return code == GREEN
    return file.exists() and PLANTED[planted].found_by in json.loads(file.read_text())["red"]


async def _all(names: list[str], day: float | None) -> int:
    wanted = [None, *PLANTED] if not names else [None if n == "none" else n for n in names]
    results: dict[str | None, bool] = {}
    for planted in wanted:
        results[planted] = await _one(planted, day)
    for planted, is_right in results.items():
        ends = "found" if planted else "green"
        tell(f"{planted or 'nothing planted':24} {ends if is_right else f'NOT {ends}'}")
    return 0 if all(results.values()) else 1


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Only these; none: no fault.")] = None,
    day: Annotated[float | None, typer.Option(help="Real seconds of a usual day.")] = None,
) -> None:
    """Every planted fault turns a drill red by itself; exit code 0 when each does."""
    raise typer.Exit(asyncio.run(_all(names or [], day)))


if __name__ == "__main__":
    typer.run(main)
