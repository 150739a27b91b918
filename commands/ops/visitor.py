"""`ops.py visitor`: whether a visitor is ours, for people at the hotline."""

from typing import Annotated

import typer

from activities.business_time import business_time
from commands.clock_check import warn_of_another_clock
from commands.command_line import CommandError, open_database
from database.visit.visitor_checks import VisitorChecks
from domain.visit.visitors import UnreadableQuestionError, read_question
from policies.reader import read_policy
from runtime.settings import load_settings


async def visitor(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The visit code, six digits")],
    badge: Annotated[str, typer.Argument(metavar="BADGE", help="The badge number")],
    caller: Annotated[str, typer.Option(help="Your own id of the caller; no telephone number")],
) -> int:
    """Say whether a visitor is expected. Ends with 0 for expected_now, else with 1."""
    try:
        question = read_question({"visit_code": code, "badge_id": badge, "caller": caller})
    except UnreadableQuestionError as error:
        raise CommandError(str(error)) from error
    settings = load_settings()
    rules = read_policy(settings.policy_file).visit
    now = business_time(settings.business_clock)()
    async with open_database(settings) as pool:
        await warn_of_another_clock(pool, settings)
        check_id = f"ops:{caller}:{now.isoformat()}"
        result = await VisitorChecks(pool, rules).check_visitor(check_id, question, now)
    if result.answer is None:
        typer.echo(f"asked too often: ask again at {result.retry_at:%Y-%m-%d %H:%M:%S %Z}")
    else:
        typer.echo(result.answer)
    return 0 if result.answer == "expected_now" else 1
