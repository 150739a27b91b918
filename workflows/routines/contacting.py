"""Reaching the borrower: a contact is made once for its key, at a lawful moment, or is missed.

Every message and call of the workflow comes this way. It plans; whether a contact may be made is
decided by the gate, at the moment of sending.
"""

from collections.abc import Callable
from datetime import datetime

from activities.contact_result import ContactStatus
from domain.case.pursuit import MOST_TRIES, Pursuit, first_moment, moment_after, next_moment
from domain.contact.intent import Intent
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contact_attempt import name_of, record_missed, try_contact


async def contact(
    desk: CaseDesk,
    key: str,
    channel: Channel,
    template: Template,
    purpose: Purpose,
    *,
    by: datetime,
    unless: Callable[[], bool] = lambda: False,
) -> ContactStatus:
    """Contact the borrower at the next lawful moment before `by`. Answers what came of it.

    `key` names the intent within the case: the same intent reaches the provider once, however
    often it is asked for.
    """
    intent = intent_of(desk, key, channel, template, purpose)
    return await pursue(desk, intent, Pursuit(by, unless=unless))


async def pursue(desk: CaseDesk, intent: Intent, pursuit: Pursuit) -> ContactStatus:
    """Make a contact as its pursuit says. What is given up for want of time is on record."""
    intent = intent.model_copy(update={"by": pursuit.by})
    at = first_moment(desk.situation, intent, pursuit)
    window, refusals = 1, 0
    for _ in range(MOST_TRIES):
        if at >= pursuit.by:
            break
        if await _wait(desk, intent, pursuit, at):
            return ContactStatus.REFUSED
        if desk.now >= pursuit.by:  # an outage has taken the time that was left
            break
        result = await try_contact(desk, intent.of_window(window))
        if result is None:  # not sent, certainly: the next window has an intent of its own
            window += 1
            at = next_moment(desk.situation, desk.in_hours(1), intent, pursuit)
        elif result.is_known_failure:  # of a window before the stage was taken up again
            window += 1
        elif result.status is not ContactStatus.REFUSED:
            return result.status
        elif result.retry_at is not None:
            at = moment_after(desk.situation, result.retry_at, intent, pursuit, refusals)
            refusals += 1
        elif pursuit.after_hold and await _hold_ends(desk, intent, pursuit):
            at = next_moment(desk.situation, desk.now, intent, pursuit)
        else:
            return ContactStatus.REFUSED
    return await record_missed(desk, intent.of_window(window))


def intent_of(
    desk: CaseDesk, key: str, channel: Channel, template: Template, purpose: Purpose
) -> Intent:
    """What `key` names within the case, as an intent."""
    return Intent(
        key=f"{desk.case.case_id}:{key}",
        case_id=desk.case.case_id,
        channel=channel,
        purpose=purpose,
        template=template,
    )


async def _wait(desk: CaseDesk, intent: Intent, pursuit: Pursuit, at: datetime) -> bool:
    """Wait for a moment. True when the contact has become pointless in the meantime."""
    wait = desk.rest if pursuit.at_any_rate else desk.until
    return await wait(pursuit.unless, at, name_of(intent), "")


async def _hold_ends(desk: CaseDesk, intent: Intent, pursuit: Pursuit) -> bool:
    """Wait until a hold without an end is released; False when none stands or none is."""
    if not desk.situation.is_on_hold:
        return False
    return await desk.rest(
        lambda: pursuit.unless() or not desk.situation.is_on_hold,
        pursuit.by,
        name_of(intent),
        "after the hold",
    )
