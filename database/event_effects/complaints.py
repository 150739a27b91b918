"""Complaints: each is a hold, too. Nobody answers for what they have a part in.

A refusal names the rule of the policy that the case is pinned to.
"""

from collections.abc import Mapping
from datetime import datetime

import asyncpg

from database.event_effects.authority import require_approver, require_not_left
from database.event_effects.effect import (
    EffectRefusedError,
    EventContext,
    refuse_unless,
    rule_of_case,
    wait_unless,
)
from database.event_effects.notices import tell_of_loan
from database.sql import SQL, Connection
from domain import events
from domain.case.complaints import MOST_EXTENSIONS
from domain.case.notices import Audience, NoticeKind
from domain.identity import is_among, is_same_person
from domain.plan.authority import Level

# Of the first extension and of the second: the rule in a policy, and our own name for it.
_RULES_OF_EXTENSIONS = (
    ("complaint_complex_days", "LC-COMPLAINT-COMPLEX"),
    ("complaint_special_days", "LC-COMPLAINT-SPECIAL"),
)
NOT_OPEN = "complaint_id: no such complaint is open on this loan"


async def record_complaint_filed(
    event: events.ComplaintFiled, connection: Connection, context: EventContext
) -> None:
    await _require_no_interest(connection, context, "handler_id", event.handler_id)
    filed = await SQL.file_complaint(
        connection,
        loan_id=context.loan_id,
        complaint_id=event.complaint_id,
        case_id=context.case_id,
        about=event.about,
        handler_id=event.handler_id,
        filed_at=min(event.occurred_at, context.now),
        answer_due_at=context.due_at,
    )
    refuse_unless(filed, "complaint_id: this complaint was filed before")
    await SQL.hold_complaint(
        connection, loan_id=context.loan_id, complaint_id=event.complaint_id, now=context.now
    )
    # Where there is one, its workflow tells them; but at its end it may be waiting for the morning.
    if context.case_id is None:
        await _tell_desk(event, connection, context, NoticeKind.COMPLAINT_TO_ANSWER)
    elif await SQL.is_ending(connection, case_id=context.case_id):
        off = await _called_off(context.case_id, connection, context)
        await _tell_desk(event, connection, context, NoticeKind.COMPLAINT_TO_ANSWER, off=off)
    await _tell_of_appointments_elsewhere(event, connection, context)


async def _tell_of_appointments_elsewhere(
    event: events.ComplaintFiled, connection: Connection, context: EventContext
) -> None:
    """Whoever answers the complaint says what it has called off of the borrower's other loans, too:
    nobody else may, and their cases know of no complaint.
    """
    rows = SQL.appointments_elsewhere(connection, loan_id=context.loan_id, now=context.now)
    async for row in rows:
        off = {**_off(row["starts_at"]), "visit_loan_id": row["loan_id"]}
        kind, beside = NoticeKind.COMPLAINT_TO_ANSWER, f":{row['slot_id']}"
        await _tell_desk(event, connection, context, kind, beside, off)


async def _called_off(
    case_id: str, connection: Connection, context: EventContext
) -> Mapping[str, object]:
    """The appointment that this complaint keeps us from calling off aloud: the desk says it."""
    starts_at: datetime | None = await SQL.appointment_to_tell(
        connection, case_id=case_id, now=context.now
    )
    return {} if starts_at is None else _off(starts_at)


def _off(starts_at: datetime) -> Mapping[str, object]:
    return {"visit_called_off": True, "visit_starts_at": starts_at.isoformat()}


async def record_complaint_extended(
    event: events.ComplaintExtended, connection: Connection, context: EventContext
) -> None:
    complaint = await _read_open_complaint(event.complaint_id, connection, context)
    extensions = len(complaint["extended_by"])
    name, before = _RULES_OF_EXTENSIONS[min(extensions, 1)]
    rule_id = await rule_of_case(connection, context, "aftercare", name, before)
    refuse_unless(
        extensions < MOST_EXTENSIONS,
        "complaint_id: this complaint was extended twice, and no third time",
        rule_id,
    )
    refuse_unless(
        context.due_at is not None and context.now < context.due_at,
        f"complaint_id: too late to extend, to {context.due_at}",
        rule_id,
    )
    refuse_unless(
        not is_same_person(event.approver_id, complaint["handler_id"]),
        "approver_id: the handler cannot approve the extension",
        await _handler_rule(connection, context),
    )
    if extensions:
        await _require_senior(event.approver_id, connection, rule_id)
    await _require_no_interest(
        connection, context, "approver_id", event.approver_id, ("borrower", "applicant", "crew")
    )
    await require_not_left(connection, "approver_id", event.approver_id)
    await SQL.extend_complaint(
        connection,
        loan_id=context.loan_id,
        complaint_id=event.complaint_id,
        number=extensions + 1,
        approver_id=event.approver_id,
        reason=event.reason,
        now=context.now,
        answer_due_at=context.due_at,
    )
    # Whoever complained is to be told: that it takes longer, and until when.
    beside = f":extended-{extensions + 1}"
    await _tell_desk(event, connection, context, NoticeKind.COMPLAINANT_TO_TELL, beside)


async def _tell_desk(
    event: events.ComplaintFiled | events.ComplaintExtended,
    connection: Connection,
    context: EventContext,
    kind: NoticeKind,
    beside: str = "",
    off: Mapping[str, object] | None = None,
) -> None:
    """Tell the complaint desk, of the case that is open or was last, or else of the loan."""
    due_at = None if context.due_at is None else context.due_at.isoformat()
    await tell_of_loan(
        connection,
        context,
        Audience.COMPLAINT_DESK,
        kind,
        f"complaint:{event.complaint_id}{beside}",
        {"complaint_id": event.complaint_id, "answer_due_at": due_at, **(off or {})},
    )


async def _require_senior(approver_id: str, connection: Connection, rule_id: str) -> None:
    """A second extension is a matter for the institution above, or a senior manager."""
    refuse_unless(
        await require_approver(connection, "approver_id", approver_id) is Level.SENIOR_APPROVER,
        "approver_id: a second extension takes a senior approver",
        rule_id,
    )


async def record_complaint_resolved(
    event: events.ComplaintResolved, connection: Connection, context: EventContext
) -> None:
    await _require_a_fit_handler(event, connection, context)
    resolved = await SQL.resolve_complaint(
        connection,
        loan_id=context.loan_id,
        complaint_id=event.complaint_id,
        upheld=event.upheld,
        remedy=event.remedy,
        handler_id=event.handler_id,
        now=context.now,
    )
    refuse_unless(resolved, NOT_OPEN)
    await _bar_crew(event, connection, context)
    await SQL.release_hold_of_complaint(
        connection, loan_id=context.loan_id, complaint_id=event.complaint_id, now=context.now
    )


async def _read_open_complaint(
    complaint_id: str, connection: Connection, context: EventContext
) -> asyncpg.Record:
    wait_unless(
        await SQL.is_complaint_known(
            connection, loan_id=context.loan_id, complaint_id=complaint_id
        ),
        "complaint_id: no such complaint was filed on this loan",
    )
    found: asyncpg.Record | None = await SQL.open_complaint(
        connection, loan_id=context.loan_id, complaint_id=complaint_id
    )
    if found is None:
        raise EffectRefusedError(f"LC-RECORD: {NOT_OPEN}")
    return found


async def _require_a_fit_handler(
    event: events.ComplaintResolved, connection: Connection, context: EventContext
) -> None:
    """Whoever answers, also when the complaint was filed before they had a part in a visit."""
    complaint = await _read_open_complaint(event.complaint_id, connection, context)
    handler_id: str | None = event.handler_id or complaint["handler_id"]
    rule_id = await _handler_rule(connection, context)
    if handler_id is None:
        raise EffectRefusedError(f"{rule_id}: handler_id: somebody answers, by name")
    await require_not_left(connection, "handler_id", handler_id)
    refuse_unless(
        not is_among(handler_id, complaint["extended_by"]),
        "handler_id: the same person approved an extension",
        rule_id,
    )
    await _require_no_interest(connection, context, "handler_id", handler_id)


async def _require_no_interest(
    connection: Connection,
    context: EventContext,
    field: str,
    person_id: str | None,
    roles: tuple[str, ...] = ("borrower", "applicant", "approver", "crew"),
) -> None:
    """Refuse a person who has one of these parts in the matter: a visit or a plan of the loan."""
    rule_id = await _handler_rule(connection, context)
    async for row in SQL.parts_in_visits(connection, loan_id=context.loan_id, person_id=person_id):
        refuse_unless(
            row["role"] not in roles,
            f"{field}: the same person {row['part']}",
            rule_id,
        )


async def _handler_rule(connection: Connection, context: EventContext) -> str:
    """The id of the rule on who may handle a complaint."""
    return await rule_of_case(
        connection, context, "aftercare", "complaint_handler", "LC-COMPLAINT-HANDLER"
    )


async def _bar_crew(
    event: events.ComplaintResolved, connection: Connection, context: EventContext
) -> None:
    badge_ids = sorted(set(event.barred_badge_ids))
    unknown = await SQL.unknown_badges(connection, badge_ids=badge_ids)
    refuse_unless(unknown is None, f"barred_badge_ids: no such crew member: {unknown}")
    await SQL.bar_crew(
        connection,
        loan_id=context.loan_id,
        badge_ids=badge_ids,
        reason=f"complaint {event.complaint_id} upheld",
        now=context.now,
    )
