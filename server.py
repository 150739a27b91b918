"""The front door: takes signed events over HTTP until it is asked to end."""

from commands.command_line import run_command
from commands.server import run_server

if __name__ == "__main__":
    run_command(run_server())
