"""`ops.py why LOAN`: what comes next, was done and not done for a loan, newest first."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from commands.command_line import CommandError, LoanId, open_database
from commands.ops.status import how_ended, of_when, read_status
from database.case.story import Entry, Story, read_story
from database.event_effects.effect import AFTER_THAT
from domain.case.state import Stage
from domain.debt.money import format_money
from domain.local_time import show_local
from runtime.settings import SettingsError, load_settings
from temporal.client import connect_temporal

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(Z|[+-]\d{2}:\d{2})$")
MANY = 3  # of a longer list of facts, only the number is said
# Facts that need their own words, or that the rest of the line says already.
_SAID_OTHERWISE = {
    *("time_zone", "loan_id", "case_open", "arrears_minor", "holds", "phones", "confirmed"),
    "refused_phone_ids",  # not usable
}


async def why(
    loan_id: LoanId,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what happened, one JSON object a line")
    ] = False,
) -> int:
    """Say what was done and not done for a loan, newest first, and which rule decided.

    Before that, what it waits for and what comes next, if its workflow answers.
    """
    async with open_database(load_settings()) as pool:
        story = await read_story(pool, loan_id)
    if story is None:
        raise CommandError(f"LOAN {loan_id}: there is no such loan")
    if not as_json:
        typer.echo(f"Loan {loan_id}: all times are those of {story.time_zone}, newest first")
        typer.echo("\n".join(await _now(story)))
    for entry in story.entries:
        typer.echo(entry.model_dump_json() if as_json else "\n".join(tell(entry, story)))
    if not story.entries and not as_json:
        typer.echo("nothing was done, nothing was refused, and no case was ever opened")
    return 0


async def _now(story: Story) -> list[str]:
    """What the loan waits for and what comes next; the record alone does not know it."""
    if story.stage is None:
        return [tell_at_rest(story)]
    stage = story.stage.replace("_", " ")
    try:
        client = await connect_temporal()
        answer = await read_status(client, story.loan_id)
        end = await how_ended(client, story.loan_id)
    except (CommandError, SettingsError) as error:
        return [f"Now: {stage}; what comes next is not known: {error}"]
    if end is not None:
        what = f"nothing comes next, for its workflow is not running: {end}"
        return [f"Now: {stage}; {what}; the next scan takes it up"]
    tell_what = tell_goodbye if story.stage == Stage.ENDED else tell_now
    return list(tell_what(answer, story))


def tell_at_rest(story: Story) -> str:
    """Why nothing comes next of a loan without a case."""
    if story.status == "active":
        return "Now: no case is open; the schedule opens one when something is overdue"
    status = story.status.replace("_", " ")
    return f"Now: no case is open, and none is opened: the loan stands as {status}"


def tell_goodbye(answer: Mapping[str, Any], story: Story) -> Iterator[str]:
    """What is still to be said; what was owed before the end is not owed any more."""
    yield from tell_now({**answer, "arrears_minor": None}, story)


def tell_now(answer: Mapping[str, Any], story: Story) -> Iterator[str]:
    """Where the case stands, by the answer of its workflow to `status`."""
    stage, waits_for = (str(answer[key]).replace("_", " ") for key in ("stage", "waiting_for"))
    yield f"Now: {stage}, waits for {waits_for or 'nothing'}; {of_when(answer, story.time_zone)}"
    action = answer["next_action"]
    at = "" if action["at"] is None else f", {_local(datetime.fromisoformat(action['at']), story)}"
    yield f"Next: {action['what']}{at}" + (f" ({action['why']})" if action["why"] else "")
    if answer.get("arrears_minor"):
        arrears = format_money(answer["arrears_minor"], story.currency)
        yield f"Owed: {arrears} overdue for {answer['days_past_due']} days"
    for promise in answer.get("promises", []):
        amount = format_money(promise["amount_minor"], story.currency)
        yield f"Promised: {amount} by {promise['due_on']}; nothing is asked for until that is over"
    for complaint in answer.get("complaints", []):
        due_at = _local(datetime.fromisoformat(complaint["answer_due_at"]), story)
        yield f"Complaint {complaint['complaint_id']}: to be answered by {due_at}"
    if answer["holds"]:
        held = ", ".join(sorted({hold["reason"] for hold in answer["holds"]}))
        yield f"On hold: {held}; nothing is done until that ends"


def tell(entry: Entry, story: Story) -> Iterator[str]:
    """The lines of one entry: what happened, then what it was decided on."""
    yield f"{_local(entry.at, story)}  {entry.kind}: {_what(entry, story)}: {entry.result}"
    if entry.said is not None:
        words = " / ".join(_part(part, words) for part, words in entry.said.items())
        named = f"attempt {entry.attempt_id}, words {entry.template_version}"
        yield f"    said to {entry.sent_to} ({named}): {words}"
    if entry.delivery is not None and entry.delivery_at is not None:
        code = f" ({entry.delivery_code})" if entry.delivery_code else ""
        yield f"    by its receipt {entry.delivery} {_local(entry.delivery_at, story)}{code}"
    if entry.rule_id is not None:
        yield f"    refused by rule {entry.rule_id}; {_again(entry, story)}"
    if entry.policy_version is not None:
        verb = "under" if entry.rule_id else "allowed under"
        yield f"    {verb} {_policies(entry)}"
        yield f"    on these facts: {_facts(entry.facts, story)}"


def _part(part: str, words: str) -> str:
    """A message's words; those of a call with the answer after which they are said."""
    return words if part == "text" else f"{part.replace('_', ' ')}: {words}"


def _what(entry: Entry, story: Story) -> str:
    if entry.amount_minor is None:
        return entry.what
    return f"{format_money(entry.amount_minor, story.currency)}, {entry.what}"


def _again(entry: Entry, story: Story) -> str:
    if entry.kind == "event refused":
        if entry.result.endswith(AFTER_THAT):
            return "only for now"
        if entry.rule_id == "LC-CONTRACT":
            return "to be sent again, mended, under a new id"
        return "for good under this id; what becomes true later is sent under another"
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
        f"{name.replace('_', ' ')}: {_word(value, story)}"
        for name, value in {**facts, "attempts": _of_calls(facts.get("attempts", []))}.items()
        if name not in _SAID_OTHERWISE and value not in (None, [], {}, False)
    ]
    confirmed = facts.get("confirmed", {})
    for phone in facts.get("phones", []):
        shown_by = confirmed.get(phone.get("phone_id"), [])
        said.append(_phone({**phone, "confirmed by": shown_by}, story))
    return "; ".join(said)


def _of_calls(attempts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Past contacts; what came of one is reported of calls only."""
    return [
        {name: value for name, value in past.items() if name != "fate" or past["channel"] == "call"}
        for past in attempts
    ]


def _phone(phone: Mapping[str, Any], story: Story) -> str:
    remarks = [
        f"{name.replace('_', ' ')} {_word(value, story)}"
        for name, value in phone.items()
        if name not in ("phone_id", "usable", "blocked") and value
    ]
    remarks += ["blocked"] if phone.get("blocked") else []
    remarks += ["not usable"] if phone.get("usable") is False else []
    return f"number {phone.get('phone_id')}: {', '.join(remarks) or 'free'}"


def _word(value: object, story: Story) -> str:
    if value is True:
        return "yes"
    if isinstance(value, list):
        if len(value) > MANY:
            return str(len(value))
        return ", ".join(_word(each, story) for each in value)
    if isinstance(value, dict) and {"start", "end"} <= value.keys():
        return f"{value['start'][:5]} to {value['end'][:5]}"
    if isinstance(value, dict):
        return " ".join(_word(each, story) for each in value.values() if each is not None)
    return _moment(str(value), story)


def _moment(text: str, story: Story) -> str:
    """A text as it is; a moment on the borrower's own clock."""
    if not _MOMENT.match(text):
        return text
    return _local(datetime.fromisoformat(text), story)


def _local(at: datetime, story: Story) -> str:
    """A moment on the borrower's own clock."""
    return show_local(at, story.time_zone)
