"""One attempt at a contact: through the gate within today's hours, or written down as missed."""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.contact_activities import ContactActivities
from activities.contact_result import ContactResult, ContactStatus, missed
from domain.calendar import closes
from domain.case.state import Refusal
from domain.contact.intent import Intent
from domain.policy.contact import Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.desk.options import DATABASE, PROVIDER, SHORTEST_CONTACT_WINDOW


def name_of(intent: Intent) -> str:
    """What people read of an intent."""
    return f"{intent.template} by {intent.channel}"


async def try_contact(desk: CaseDesk, intent: Intent) -> ContactResult | None:
    """One try, from now until today's hours end; None when it was certainly not sent then."""
    result = await _ask_gate(desk, intent)
    if result is None:
        _note_refusal(desk, intent, "LC-PROVIDER", "not reached in time")
        return None
    desk.learn(result.facts)
    if result.status is not ContactStatus.SENT:
        _note_refusal(desk, intent, result.rule_id, result.reason)
    return result


async def _ask_gate(desk: CaseDesk, intent: Intent) -> ContactResult | None:
    hours = desk.policy.contact.hours_of(intent.channel, desk.today).value
    closes_at = closes(desk.today, hours, desk.facts.time_zone)
    window_ends = desk.case.clock.real(min(closes_at, intent.by or closes_at))
    try:
        return await workflow.execute_activity_method(
            ContactActivities.contact_borrower,
            intent,
            schedule_to_close_timeout=max(window_ends - workflow.now(), SHORTEST_CONTACT_WINDOW),
            summary=name_of(intent),
            **PROVIDER,
        )
    except ActivityError:
        return await _settle(desk, intent)


async def _settle(desk: CaseDesk, intent: Intent) -> ContactResult | None:
    """Leave no attempt open: what became of it, or None when it was certainly not sent."""
    # A last try that nobody waits for any more may still be with the provider.
    await workflow.sleep(PROVIDER["start_to_close_timeout"])
    result = await workflow.execute_activity_method(
        ContactActivities.settle_contact,
        intent,
        summary=f"what became of {intent.template}",
        **DATABASE,
    )
    if result is None or result.status is not ContactStatus.FAILED:
        return result
    desk.learn(result.facts)
    return None


async def settle_open_contacts(desk: CaseDesk) -> None:
    """What a lost run had in hand, in a case that was taken up again: leave no attempt open."""
    if not desk.case.unsettled:
        return
    # A last try that nobody waits for any more may still be with the provider.
    await workflow.sleep(PROVIDER["start_to_close_timeout"])
    for intent in desk.case.unsettled:
        result = await workflow.execute_activity_method(
            ContactActivities.settle_contact,
            intent,
            summary=f"what became of {intent.template}",
            **DATABASE,
        )
        if result is None:
            continue
        desk.learn(result.facts)
        if intent.purpose is Purpose.CLOSING and desk.case.end is not None:
            desk.case.end.is_told = result.status is not ContactStatus.FAILED
    desk.case.unsettled = []


async def record_missed(desk: CaseDesk, intent: Intent) -> ContactStatus:
    """Not even the gate was asked: that, too, is explained from the record.

    A run that was lost may have made the contact: then it is not missed, and that is the answer.
    """
    made = await workflow.execute_activity_method(
        ContactActivities.record_missed,
        intent,
        summary=f"missed: {intent.template}",
        **DATABASE,
    )
    if made is not None:
        desk.learn(made.facts)
        return made.status
    refused = missed(intent)
    _note_refusal(desk, intent, refused.rule_id, refused.reason)
    return ContactStatus.REFUSED


def _note_refusal(desk: CaseDesk, intent: Intent, rule_id: str, reason: str) -> None:
    desk.case.note_refusal(
        Refusal(what=name_of(intent), at=desk.now, rule_id=rule_id, reason=reason)
    )
