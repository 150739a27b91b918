"""`ops.py why LOAN`: what was done and not done for a loan, in words, newest first."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from commands.command_line import CommandError, LoanId, open_database
from database.case.story import Entry, Story, read_story
from domain.debt.money import format_money
from runtime.settings import load_settings

MANY = 3  # of a longer list of facts, only the number is said
# Facts that need their own words, or that the rest of the line says already.
_SAID_OTHERWISE = {"time_zone", "loan_id", "case_open", "arrears_minor", "holds", "phones"}


async def why(
    loan_id: LoanId,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line")] = False,
) -> int:
    """Say what was done and not done for a loan, newest first, and which rule decided."""
    async with open_database(load_settings()) as pool:
        story = await read_story(pool, loan_id)
    if story is None:
        raise CommandError(f"LOAN {loan_id}: there is no such loan")
    for entry in story.entries:
        typer.echo(entry.model_dump_json() if as_json else "\n".join(tell(entry, story)))
    if not story.entries and not as_json:
        typer.echo("nothing was done, and nothing was refused")
    return 0


def tell(entry: Entry, story: Story) -> Iterator[str]:
    """The lines of one entry: what happened, then what it was decided on."""
    yield f"{_local(entry.at, story)}  {entry.kind}: {entry.what}: {entry.result}"
    if entry.rule_id is not None:
        yield f"    refused by rule {entry.rule_id}; {_again(entry, story)}"
    if entry.policy_version is not None:
        verb = "under" if entry.rule_id else "allowed under"
        yield f"    {verb} {_policies(entry)}"
        yield f"    on these facts: {_facts(entry.facts, story)}"


def _again(entry: Entry, story: Story) -> str:
    if entry.kind == "event refused":
        is_wrong = entry.rule_id == "LC-CONTRACT"
        again = "to be sent again" if is_wrong else "if it is true again, to be sent"
        return f"{again}{', mended,' if is_wrong else ''} under a new id"
    if entry.retry_at is None:
        return "waiting would not help"
    return f"again possible at {_local(entry.retry_at, story)}"


def _policies(entry: Entry) -> str:
    pinned = (
        f"policy {entry.policy_version} (SHA-256 {(entry.policy_sha256 or 'not on record')[:12]})"
    )
    if entry.current_policy in (None, entry.policy_version):
        return pinned
    return f"{pinned} and the current {entry.current_policy}, whichever is stricter"


def _facts(facts: Mapping[str, Any] | None, story: Story) -> str:
    if not facts:
        return "none on record"
    said = []
    if "arrears_minor" in facts:
        said.append(f"arrears {format_money(facts['arrears_minor'], story.currency)}")
    if facts.get("case_open") is False:
        said.append("the case is closed")
    if "holds" in facts:
        holds = ", ".join(sorted({str(hold["reason"]) for hold in facts["holds"]}))
        said.append(f"holds: {holds or 'none'}")
    said += [
        f"{name.replace('_', ' ')}: {_word(value)}"
        for name, value in facts.items()
        if name not in _SAID_OTHERWISE and value not in (None, [], {}, False)
    ]
    said += [_phone(phone) for phone in facts.get("phones", [])]
    return "; ".join(said)


def _phone(phone: Mapping[str, Any]) -> str:
    remarks = [
        f"{name.replace('_', ' ')} {_word(value)}"
        for name, value in phone.items()
        if name not in ("phone_id", "usable", "blocked") and value
    ]
    remarks += ["blocked"] if phone.get("blocked") else []
    remarks += ["not usable"] if phone.get("usable") is False else []
    return f"number {phone.get('phone_id')}: {', '.join(remarks) or 'free'}"


def _word(value: object) -> str:
    if value is True:
        return "yes"
    if isinstance(value, list):
        return str(len(value)) if len(value) > MANY else ", ".join(_word(each) for each in value)
    if isinstance(value, dict):
        return " ".join(str(each) for each in value.values() if each is not None)
    return str(value)


def _local(at: datetime, story: Story) -> str:
    """A moment on the borrower's own clock."""
    return f"{at.astimezone(ZoneInfo(story.time_zone)):%Y-%m-%d %H:%M}"
