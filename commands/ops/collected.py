"""`ops.py collected`: what came in since a day."""

from collections.abc import Iterator
from typing import Annotated

import typer

from commands.command_line import day_of, open_database
from database.case.daily import Collected, MoneyCollected, PromisesDecided, read_collected
from domain.debt.money import format_money
from runtime.settings import load_settings

Since = Annotated[
    str, typer.Option(metavar="YYYY-MM-DD", help="The first day, on each borrower's calendar")
]


async def collected(
    since: Since,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> int:
    """Say what came in since a day: per lender and currency, promises kept, and by stage."""
    first_day = day_of("--since", since)
    async with open_database(load_settings()) as pool:
        answer = await read_collected(pool, first_day)
    typer.echo(answer.model_dump_json(indent=2) if as_json else "\n".join(tell(answer)))
    return 0


def tell(answer: Collected) -> Iterator[str]:
    """The lines of the answer."""
    yield f"Since {answer.since}, the borrower's calendar"
    if not answer.money and not answer.promises:
        yield "nothing came in, and nothing was promised"
    yield from (_money(money) for money in answer.money)
    yield from (_promises(promises) for promises in answer.promises)
    if answer.by_stage:
        yield ""
        yield "Payments by the stage of the case"
    for row in answer.by_stage:
        stage = row.stage.replace("_", " ")
        amount = format_money(row.received_minor, row.currency)
        yield f"    {stage:24}{row.payments:6}  {amount:>20}  {row.lender}"


def _money(money: MoneyCollected) -> str:
    received, reversed_, waived = (
        format_money(amount, money.currency)
        for amount in (money.received_minor, money.reversed_minor, money.waived_minor)
    )
    noun = "payment" if money.payments == 1 else "payments"
    return (
        f"{money.lender}: {received} received in {money.payments} {noun},"
        f" {reversed_} reversed, {waived} waived"
    )


def _promises(promises: PromisesDecided) -> str:
    made, kept, broken = (
        f"{count} ({format_money(amount, promises.currency)})"
        for count, amount in (
            (promises.promised, promises.promised_minor),
            (promises.kept, promises.kept_minor),
            (promises.broken, promises.broken_minor),
        )
    )
    return f"{promises.lender}: promises made {made}, kept {kept}, broken {broken}"
