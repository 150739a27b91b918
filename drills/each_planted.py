"""`make drill-planted`: the drill finds each planted fault by itself, and none where none is."""

import asyncio
import sys
from datetime import timedelta
from typing import Annotated

import typer

from demo.run import tell
from drills.planted.all_planted import PLANTED

GREEN, RED = 0, 1
_WITHIN = timedelta(minutes=10)


async def _one(planted: str | None, day: float | None) -> bool:
    """Whether a drill ends as it has to; what it says is shown."""
    words = [sys.executable, "-m", "drills.command", "--form", "planted"]
    words += ["--planted", planted] if planted else []
    words += ["--day", str(day)] if day else []
    process = await asyncio.create_subprocess_exec(*words)
    try:
        code = await asyncio.wait_for(process.wait(), _WITHIN.total_seconds())
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    return code == (RED if planted else GREEN)


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
