"""The operator's command line: one loan's state and story, one event, the audit, the policy."""

from commands.command_line import Command, build_app, run_app
from commands.ops.agreement import agreement
from commands.ops.audit import audit
from commands.ops.collected import collected
from commands.ops.credential.add import add
from commands.ops.credential.list_all import list_all
from commands.ops.credential.revoke import revoke
from commands.ops.credential.rotate import rotate
from commands.ops.endpoint.add import add as add_endpoint
from commands.ops.endpoint.disable import disable
from commands.ops.endpoint.enable import enable
from commands.ops.endpoint.list_all import list_all as list_endpoints
from commands.ops.endpoint.rotate import rotate as rotate_endpoint
from commands.ops.gateways import gateways
from commands.ops.migrate import migrate
from commands.ops.news.prune import prune
from commands.ops.news.replay import replay
from commands.ops.package import package
from commands.ops.person import person
from commands.ops.planning.capacity import capacity
from commands.ops.planning.forecast import forecast
from commands.ops.planning.simulate import simulate
from commands.ops.policy.adopt import adopt
from commands.ops.policy.check import check
from commands.ops.policy.diff import diff
from commands.ops.policy.show import show
from commands.ops.rebuild import rebuild
from commands.ops.retention import retention
from commands.ops.send import send
from commands.ops.status import status
from commands.ops.today import today
from commands.ops.visitor import visitor
from commands.ops.why import why

policy = build_app(
    "Check, show, compare and adopt policies.",
    {
        "check": check,
        "show": show,
        "diff": diff,
        "adopt": adopt,
    },
    near_stack=("show", "diff", "adopt"),
)
credential = build_app(
    "Who may send what by the front door.",
    {"add": add, "rotate": rotate, "revoke": revoke, "list": list_all},
    near_stack=("add", "rotate", "revoke", "list"),
)
endpoints: dict[str, Command] = {
    "add": add_endpoint,
    "rotate": rotate_endpoint,
    "disable": disable,
    "enable": enable,
    "list": list_endpoints,
}
endpoint = build_app("Where news for other systems go.", endpoints, near_stack=endpoints.keys())
news = build_app(
    "News for other systems.", {"replay": replay, "prune": prune}, near_stack=("replay", "prune")
)
commands: dict[str, Command] = {
    "today": today,
    "collected": collected,
    "forecast": forecast,
    "status": status,
    "send": send,
    "why": why,
    "visitor": visitor,
    "agreement": agreement,
    "package": package,
    "person": person,
    "retention": retention,
    "audit": audit,
    "gateways": gateways,
    "rebuild": rebuild,
    "simulate": simulate,
    "capacity": capacity,
    "migrate": migrate,
}
app = build_app(
    "Looks into running cases and sends them events.", commands, near_stack=commands.keys()
)
app.add_typer(policy, name="policy")
app.add_typer(credential, name="credential")
app.add_typer(endpoint, name="endpoint")
app.add_typer(news, name="news")

if __name__ == "__main__":
    run_app(app)
