"""The documentation's table of events and stages says what the tested table says.

python -m tests.unit.events.test_event_table    writes docs/event-table.md anew
"""

from pathlib import Path

from domain.case.state import Stage
from tests.support.judged import ACCEPTED
from tests.unit.case.test_judgement import TABLE

DOCUMENT = Path(__file__).parents[3] / "docs" / "event-table.md"

# What an accepted event does, in a few words; docs/events.md says it in full.
EFFECTS = {
    "payment_received": "recorded once; no arrears end the case",
    "payment_reversed": "owed again; a case about to close reopens",
    "promise_made": "silence until its day",
    "call_finished": "the call's outcome; a wrong number is out of use",
    "visit_requested": "approval is asked for",
    "visit_approved": "an appointment is proposed",
    "visit_rejected": "the visit ends",
    "visit_withdrawn": "the visit ends; crew and borrower are told",
    "approval_withdrawn": "the visit ends; crew and borrower are told",
    "appointment_confirmed": "preparation",
    "appointment_declined": "another time is proposed",
    "appointment_withdrawn": "another time is proposed; the borrower is told",
    "visit_checked_in": "the crew reads what to do",
    "visit_reported": "the plan, or the end of the visit",
    "plan_approved": "the agreement is offered",
    "plan_rejected": "back to the table",
    "agreement_signed": "the plan is in force",
    "agreement_declined": "back to the table",
    "renegotiation_requested": "another plan is settled; this one goes on",
    "complaint_filed": "a hold; an answer is due",
    "complaint_extended": "the answer is due later",
    "complaint_resolved": "the hold ends",
    "hold_placed": "every contact stops",
    "hold_released": "the case goes on where it was",
    "contact_preferences_changed": "binds from then on",
    "policy_adopted": "the case is pinned to it",
    "case_closed": "the end, as said",
}
# A rule that refuses: its sign in the table, and why it does.
REFUSALS = {
    "LC-STAGE": ("·", "the stage has not come, or is over"),
    "LC-CASE-CLOSED": ("×", "the case has ended"),
    "CN-17": ("p", "a signed plan is being repaid"),
}
SHORT = {
    Stage.EARLY_CONTACT: "early",
    Stage.APPLICATION: "appl.",
    Stage.APPROVAL: "appr.",
    Stage.APPOINTMENT: "appt.",
    Stage.PREPARATION: "prep.",
    Stage.GUIDED_REPAYMENT: "guided",
    Stage.CLOSING_VISIT: "closing",
    Stage.LEGAL_REVIEW: "legal",
}


def render() -> str:
    """The whole document."""
    stages = [SHORT.get(stage, stage.value) for stage in Stage]
    legend = [f"| `{sign}` | {rule} | {why} |" for rule, (sign, why) in REFUSALS.items()]
    return "\n".join(
        [
            "# Events and stages",
            "",
            "What the state of a case says of a well-formed event, stage by stage: accepted (`+`),",
            "or refused by a rule. Within a stage more is asked for (the right slot, the right",
            "hash, another person): [events](events.md) says what. `ended` is a case that is paid,",
            "until its closing notice is sent. A test holds every cell against the code.",
            "",
            "| | refused by | because |",
            "|---|---|---|",
            *legend,
            "",
            f"| event | {' | '.join(stages)} | when accepted |",
            f"|---|{':-:|' * len(stages)}---|",
            *(_line(name, row) for name, row in TABLE.items()),
            "",
        ]
    )


def _line(name: str, row: dict[Stage, str]) -> str:
    cells = ["+" if row[stage] == ACCEPTED else REFUSALS[row[stage]][0] for stage in Stage]
    return f"| `{name}` | {' | '.join(cells)} | {EFFECTS[name]} |"


def test_document_says_what_the_code_does() -> None:
    """Write it anew with the command above when an event or a stage has changed."""
    assert TABLE.keys() == EFFECTS.keys()
    assert DOCUMENT.read_text(encoding="utf-8") == render()


if __name__ == "__main__":
    DOCUMENT.write_text(render(), encoding="utf-8")
