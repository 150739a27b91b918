"""`ops.py collected`: what came in since a day."""

from collections.abc import Iterator
from typing import Annotated

import typer

from commands.command_line import counted, day_of, open_database
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
    for money in answer.money:
        yield from _money(money)
    yield from (_promises(promises) for promises in answer.promises)
    if answer.by_stage:
        yield ""
        yield "Payments by the stage of the case"
    for row in answer.by_stage:
        stage = row.stage.replace("_", " ")
        amount = format_money(row.received_minor, row.currency)
        yield f"    {stage:24}{row.payments:6}  {amount:>20}  {row.lender}"


def _money(money: MoneyCollected) -> Iterator[str]:
    reversed_, waived = (
        format_money(amount, money.currency)
        for amount in (money.reversed_minor, money.waived_minor)
    )
    received = _in_payments(money.received_minor, money.payments, money.currency, "received")
    yield f"{money.lender}: {received}, {reversed_} reversed, {waived} waived"
    if money.earlier_payments:
        earlier = _in_payments(
            money.earlier_minor, money.earlier_payments, money.currency, "told of since then"
        )
        yield f"{money.lender}: {earlier}, dated before"


def _in_payments(amount_minor: int, payments: int, currency: str, what: str) -> str:
    return f"{format_money(amount_minor, currency)} {what} in {counted(payments, 'payment')}"


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
