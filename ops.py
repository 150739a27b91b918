"""The operator's command line: one loan's state and story, one event, the audit, the policy."""

from commands.agreement import agreement
from commands.audit import audit
from commands.command_line import build_app, run_app
from commands.migrate import migrate
from commands.package import package
from commands.policy.adopt import adopt
from commands.policy.check import check
from commands.policy.diff import diff
from commands.policy.show import show
from commands.send import send
from commands.status import status
from commands.visitor import visitor
from commands.why import why

policy = build_app(
    "Check, show, compare and adopt policies.",
    {
        "check": check,
        "show": show,
        "diff": diff,
        "adopt": adopt,
    },
)
app = build_app(
    "Looks into running cases and sends them events.",
    {
        "status": status,
        "send": send,
        "why": why,
        "visitor": visitor,
        "agreement": agreement,
        "package": package,
        "audit": audit,
        "migrate": migrate,
    },
)
app.add_typer(policy, name="policy")

if __name__ == "__main__":
    run_app(app)
