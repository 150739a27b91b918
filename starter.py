"""How overdue loans become workflows, and stay so; and the people: crew, staff."""

from commands.command_line import Command, build_app, run_app
from commands.starter.crew import crew
from commands.starter.import_tape import import_tape
from commands.starter.reconcile import reconcile
from commands.starter.scan import scan
from commands.starter.schedule import schedule
from commands.starter.staff import staff

commands: dict[str, Command] = {
    "import": import_tape,
    "scan": scan,
    "reconcile": reconcile,
    "schedule": schedule,
    "crew": crew,
    "staff": staff,
}
app = build_app(
    "Brings loans in and starts a workflow for each that is overdue.",
    commands,
    near_stack=commands.keys(),
)

if __name__ == "__main__":
    run_app(app)
