"""`ops.py endpoint list`: where news go, and what has not come there."""

import json
from typing import Annotated, Any

import typer

from commands.command_line import open_database
from database.news.endpoints import Backlog, Endpoint, Endpoints
from runtime.settings import load_settings


async def list_all(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line")] = False,
) -> int:
    """Print every endpoint; ends with 1 when one was given up, or has news it will not get."""
    async with open_database(load_settings()) as pool:
        endpoints = Endpoints(pool)
        found, backlogs = await endpoints.all(), await endpoints.backlogs()
    shown = [_shown(each, backlogs.get(each.endpoint_id, Backlog())) for each in found]
    for each in shown:
        typer.echo(json.dumps(each) if as_json else _line(each))
    return int(
        any(each["dead"] or each["disabled_because"] in ("failing", "gone") for each in shown)
    )


def _shown(endpoint: Endpoint, backlog: Backlog) -> dict[str, Any]:
    shown = endpoint.model_dump(mode="json", exclude={"salt", "previous_salt"})
    return shown | backlog.model_dump(mode="json")


def _line(shown: dict[str, Any]) -> str:
    state = f"disabled {shown['disabled_at']} ({shown['disabled_because']})"
    if shown["disabled_at"] is None:
        state = f"failing since {shown['failing_since']}" if shown["failing_since"] else "enabled"
    return (
        f"{shown['endpoint_id']}: {state}; {shown['url']}; lenders {', '.join(shown['lenders'])};"
        f" {', '.join(shown['types'])}; {shown['waiting']} waiting, {shown['dead']} given up"
    )
