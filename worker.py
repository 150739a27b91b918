"""The worker: runs the workflows and activities of the service until it is asked to end."""

from commands.command_line import run_command
from commands.worker import run_worker

if __name__ == "__main__":
    run_command(run_worker())
