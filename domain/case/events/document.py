"""The table of events as a page of the documentation.

python -m domain.case.events.document > docs/event-table.md    (make docs)
"""

import sys
from typing import Any

from domain.case.events.row import EventRow
from domain.case.events.table import EVENT_TABLE
from domain.case.state import Stage
from domain.events import EVENTS, Event, is_needed

# A rule that refuses: its sign in the table, and why it does.
_REFUSALS = {
    "LC-STAGE": ("·", "the stage has not come, or is over"),
    "LC-CASE-CLOSED": ("×", "the case has ended"),
    "CN-17": ("p", "a signed plan is being repaid; each policy has its own id for this rule"),
}
_SHORT = {
    Stage.EARLY_CONTACT: "early",
    Stage.APPLICATION: "appl.",
    Stage.APPROVAL: "appr.",
    Stage.APPOINTMENT: "appt.",
    Stage.PREPARATION: "prep.",
    Stage.GUIDED_REPAYMENT: "guided",
    Stage.CLOSING_VISIT: "closing",
    Stage.LEGAL_REVIEW: "legal",
}
_PAGE = """\
# Events and stages

What the state of a case says of a well-formed event, stage by stage: accepted (`+`),
or refused by a rule. Within a stage more is asked for (the right slot, the right
hash, another person): [events](events.md) says what. `ended` is a case that is paid,
until its closing notice is sent. A case that another system has ended takes, until its end has
come, what is taken without a case; anything else is refused, LC-CASE-CLOSED. Drawn by
`make docs` from the table that the service itself asks, `domain/case/events/table.py`; a test
holds every cell against the judgement.

| | refused by | because |
|---|---|---|
{refusals}

| event | {stages} | when accepted |
|---|{columns}---|
{rows}

Beside {common}:

| event | says | required | may be left out |
|---|---|---|---|
{descriptions}
"""


def render() -> str:
    """The whole page, as Markdown."""
    return _PAGE.format(
        refusals="\n".join(
            f"| `{sign}` | {rule} | {why} |" for rule, (sign, why) in _REFUSALS.items()
        ),
        stages=" | ".join(_SHORT.get(stage, stage.value) for stage in Stage),
        columns=":-:|" * len(Stage),
        rows="\n".join(_line(name, row) for name, row in EVENT_TABLE.items()),
        common=", ".join(f"`{field}`" for field in Event.model_fields),
        descriptions="\n".join(_description(name, row) for name, row in EVENT_TABLE.items()),
    )


def _description(name: str, row: EventRow[Any]) -> str:
    own = {
        field: about
        for field, about in EVENTS[name].model_fields.items()
        if field not in Event.model_fields
    }
    required, optional = (
        ", ".join(f"`{field}`" for field, about in own.items() if is_needed(about) is wanted)
        for wanted in (True, False)
    )
    return f"| `{name}` | {row.description} | {required} | {optional} |"


def _line(name: str, row: EventRow[Any]) -> str:
    rules = (_refused_by(row, stage) for stage in Stage)
    cells = ["+" if rule is None else _REFUSALS[rule][0] for rule in rules]
    return f"| `{name}` | {' | '.join(cells)} | {row.when_accepted} |"


def _refused_by(row: EventRow[Any], stage: Stage) -> str | None:
    if stage in row.stages:
        return row.usually_refused.get(stage)
    return "LC-CASE-CLOSED" if stage is Stage.ENDED else "LC-STAGE"


if __name__ == "__main__":
    sys.stdout.write(render())
