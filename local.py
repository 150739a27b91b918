"""The embedded stack on this machine, as `make up` runs it."""

from commands.command_line import build_app, run_app
from commands.up import up

app = build_app(
    "The embedded stack: Postgres and Temporal as child processes on this machine.",
    {"up": up},
)

if __name__ == "__main__":
    run_app(app)
