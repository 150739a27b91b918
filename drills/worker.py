"""The worker of the product before the drill's providers; with a planted fault where one is named.

python -m drills.worker
"""

import os

from commands.command_line import run_command
from commands.worker import run_worker
from drills.gateway import choose
from drills.planted.all_planted import PLANTED

PLANTED_FAULT = "DRILL_PLANTED"  # the environment variable that names one


def plant() -> None:
    """Make this process as wrong as the drill asks for; the product knows nothing of it."""
    if name := os.environ.get(PLANTED_FAULT):
        PLANTED[name].plant()


if __name__ == "__main__":
    plant()
    run_command(run_worker(choose))
