"""What operations see: the answer to the `status` query, and the details in the Temporal UI."""

from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel

from domain.case.facts import CaseFacts
from domain.case.plan_care import progress_of
from domain.case.situation import Situation
from domain.case.state import CaseState, PlanState, Refusal, Stage
from domain.debt.money import format_money
from domain.plan.status import AgreementStatus

_COMPLETED = AgreementStatus.COMPLETED.value  # only an end that was paid leaves a plan in force


class NextAction(BaseModel):
    """What the case does next, when at the latest, and why."""

    what: str = "take up the case"
    at: AwareDatetime | None = None
    why: str = ""


def status(case: CaseState, action: NextAction, situation: Situation | None) -> dict[str, Any]:
    """Where the case stands, as JSON. Ids, dates and amounts; nothing about the person.

    `situation` is None until the run has taken the case up.
    """
    answer: dict[str, Any] = {
        "loan_id": case.loan_id,
        "case_id": case.case_id,
        "stage": case.stage.value,
        "waiting_for": case.waiting_for,
        "as_of": None,
        "days_past_due": None,
        "outstanding_minor": None,
        "statement": {},
        "next_action": action.model_dump(mode="json"),
        "holds": [],
        "complaints": [],
        "promises": [],
        "visit": case.visit.model_dump(mode="json", exclude={"told_at"}) if case.visit else {},
        "plan": _plan(case.plan, case.stage) if case.plan else {},
        "next_plan": case.next_plan.model_dump(mode="json") if case.next_plan else {},
        "broken_plans": case.broken_plans,
        "last_refusals": [refusal.model_dump(mode="json") for refusal in case.refusals],
        "policy_version": None,
    }
    if situation is not None:
        facts, now = situation.facts, situation.now
        answer |= {
            # A sleeping run answers as of the moment it was last awake.
            "as_of": now.isoformat(),
            "days_past_due": situation.days_past_due,
            "arrears_minor": facts.arrears_minor,
            "outstanding_minor": facts.outstanding_minor,
            "statement": _statement(facts),
            "holds": [
                hold.model_dump(mode="json") for hold in facts.holds if hold.is_in_force(now)
            ],
            "complaints": [each.model_dump(mode="json") for each in facts.complaints],
            # The end has resolved them; what is known may be from before it.
            "promises": [
                promise.model_dump(mode="json")
                for promise in (() if case.stage is Stage.ENDED else facts.promises)
            ],
            "policy_version": situation.policy.version,
        }
        answer["plan"] |= _progress(situation)
    return answer


def _plan(plan: PlanState, stage: Stage) -> dict[str, Any]:
    """The plan under negotiation or in force; once its case has ended, only what was completed.

    The state keeps it until then, for a payment that bounces takes the case up again.
    """
    said = plan.model_dump(mode="json")
    if stage is not Stage.ENDED:
        return said | {"ended_as": None}
    return said | {"in_force": False, "ended_as": _COMPLETED} if plan.in_force else {}


def _progress(situation: Situation) -> dict[str, Any]:
    """What was paid of the plan in force, what comes next, and what completes it today.

    To pay the rest at once costs nothing more: no penalty runs while a plan is honoured.
    """
    plan = situation.case.plan
    if plan is None or not plan.in_force or situation.case.stage is Stage.ENDED:
        return {}
    progress = progress_of(plan, situation)
    part = progress.next_part
    return {
        "paid_minor": progress.paid_minor,
        "rest_minor": progress.rest_minor,
        "early_settlement_minor": progress.rest_minor,
        "next_part": None if part is None else part.model_dump(mode="json"),
    }


def _statement(facts: CaseFacts) -> dict[str, Any]:
    """What is owed by component, as of the day it was last looked at; empty when that is over."""
    if facts.statement_as_of is None:
        return {}
    return {
        "as_of": facts.statement_as_of.isoformat(),
        "overdue": facts.overdue.model_dump(),
        "outstanding": facts.outstanding.model_dump(),
        "penalty_minor": facts.penalty_minor,
    }


def details(situation: Situation, action: NextAction) -> str:
    """The case in a few lines of Markdown, for the details pane of the UI."""
    case, facts, policy, now = situation
    arrears, outstanding = (
        format_money(amount, facts.currency)
        for amount in (facts.arrears_minor, facts.outstanding_minor)
    )
    lines = [
        f"### {case.stage.value.replace('_', ' ').capitalize()}",
        f"**Waits for** {case.waiting_for or 'nothing'}{_by(case.stage_ends_at)}",
        f"**Next** {action.what}{_on(action.at)}" + (f" ({action.why})" if action.why else ""),
        f"**Owed** {arrears} overdue for {situation.days_past_due} days, {outstanding} in all",
        f"**Tried** {facts.messages_sent} messages, {facts.calls_made} calls, {case.visits} visits",
    ]
    if situation.is_on_hold:
        lines.append(f"**On hold** {', '.join(situation.hold_reasons)}")
    if case.refusals:
        lines.append("**Not done, or not accepted**")
        lines += [
            f"- {at:%Y-%m-%d %H:%M} UTC, {what}: {reason} ({rule_id})"
            for what, at, rule_id, reason in map(_parts, reversed(case.refusals))
        ]
    lines.append(f"Policy {policy.version}, as of {now:%Y-%m-%d %H:%M} UTC")
    return "\n\n".join(lines)


def _by(deadline: datetime | None) -> str:
    return f", until {deadline.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if deadline else ""


def _on(moment: datetime | None) -> str:
    return f" on {moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""


def _parts(refusal: Refusal) -> tuple[str, datetime, str, str]:
    return refusal.what, refusal.at.astimezone(UTC), refusal.rule_id, refusal.reason
