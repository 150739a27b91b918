"""How fast months may pass on this machine, as it is now, with whatever else runs on it."""

import asyncio
import sys
from datetime import timedelta

from embedded.processes import StackError

FASTEST_DAY = timedelta(seconds=1.25)
SLOWEST_DAY = timedelta(seconds=10)

# The worker, the world and the two servers want the processors at the same time.
_PROBES = 4
_SECONDS = 1.0
# Counts work done within a second of real time: what others leave to us is what is measured.
_PROBE = f"""
import hashlib, time
text, done, until = b"x" * 4096, 0, time.monotonic() + {_SECONDS}
while time.monotonic() < until:
    text, done = hashlib.sha256(text).digest() * 128, done + 1
print(done)
"""
# What the probes must do together in a second for a day of `FASTEST_DAY`: as much as one and a
# half processors of the machine on which the demo was made, of which each does 300,000.
_ENOUGH = 450_000


async def measured_day() -> timedelta:
    """The length of a business day that this machine can keep up with, rounded up to 0.05 s.

    It takes a second. Raises StackError where no other process can be run.
    """
    done = sum(await asyncio.gather(*(_work() for _ in range(_PROBES))))
    return day_for(done / _SECONDS)


def day_for(work_per_second: float) -> timedelta:
    """The day's length for what the probes did."""
    steps = -(-FASTEST_DAY.total_seconds() * _ENOUGH // (0.05 * max(work_per_second, 1)))
    return min(max(FASTEST_DAY, timedelta(seconds=steps * 0.05)), SLOWEST_DAY)


async def _work() -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROBE, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise StackError("the probe that measures the machine ended with an error")
    return int(output)
