"""Reaching the borrower: at the moments of `domain/case/pursuit.py`, through the gate's own rule.

The counterpart of `workflows/routines/contacting.py` and of the gate in `database/contact/`. The
provider takes everything at once.
"""

from collections.abc import Callable
from datetime import datetime

from domain.case.pursuit import MOST_TRIES, Pursuit, first_moment, moment_after, next_moment
from domain.contact.intent import Intent
from domain.contact.permission import may_contact
from domain.contact.question import Refused
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from simulation.process.desk import Desk, Steps

MISSED = "LC-MISSED"


def contact(
    desk: Desk,
    key: str,
    channel: Channel,
    template: Template,
    purpose: Purpose,
    *,
    by: datetime,
    unless: Callable[[], bool] = lambda: False,
) -> Steps[bool]:
    """Contact the borrower at the next lawful moment before `by`; answers whether that was done."""
    intent = intent_of(desk, key, channel, template, purpose)
    return (yield from pursue(desk, intent, Pursuit(by, unless=unless)))


def intent_of(
    desk: Desk, key: str, channel: Channel, template: Template, purpose: Purpose
) -> Intent:
    """What `key` names within the case, as an intent."""
    return Intent.model_construct(
        key=f"{desk.case.case_id}:{key}",
        case_id=desk.case.case_id,
        channel=channel,
        purpose=purpose,
        template=template,
    )


def pursue(desk: Desk, intent: Intent, pursuit: Pursuit) -> Steps[bool]:
    """Make a contact as its pursuit says; answers whether it was made."""
    at = first_moment(desk.situation, intent, pursuit)
    refusals = 0
    for _ in range(MOST_TRIES):
        if at >= pursuit.by:
            break
        wait = desk.rest if pursuit.at_any_rate else desk.until
        if (yield from wait(pursuit.unless, at)):
            return False
        refused = _try(desk, intent)
        if refused is None:
            return True
        if refused.retry_at is not None:
            at = moment_after(desk.situation, refused.retry_at, intent, pursuit, refusals)
            refusals += 1
        elif pursuit.after_hold and (yield from _hold_ends(desk, pursuit)):
            at = next_moment(desk.situation, desk.now, intent, pursuit)
        else:
            return False
    desk.note("refused", MISSED, intent.key)
    return False


def _try(desk: Desk, intent: Intent) -> Refused | None:
    """Ask the gate, and make the contact where it allows it."""
    if intent.key in desk.done:
        return None
    decision = may_contact(
        intent.channel,
        intent.purpose,
        desk.person.contact_facts(desk.now, desk.days_back),
        desk.policies,
        desk.now,
        Template(intent.template),
    )
    if isinstance(decision, Refused):
        desk.note("refused", decision.rule_id, intent.key)
        desk.learn()
        return decision
    said = decision.instead or intent.template
    attempt = desk.person.note_contact(
        desk.now,
        intent.channel,
        intent.purpose,
        decision.phone_id,
        first=said is Template.FIRST_MESSAGE,
    )
    desk.done.add(intent.key)
    desk.learn()
    desk.note(intent.channel.value, str(said), intent.key, attempt)
    return None


def _hold_ends(desk: Desk, pursuit: Pursuit) -> Steps[bool]:
    """Wait until a hold without an end is released; False when none stands or none is."""
    if not desk.situation.is_on_hold:
        return False
    return (
        yield from desk.rest(lambda: pursuit.unless() or not desk.situation.is_on_hold, pursuit.by)
    )
