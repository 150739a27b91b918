"""Visits, from the application to the report."""

import secrets

from database.event_effects.authority import require_approver, require_not_left
from database.event_effects.effect import EffectRefusedError, EventContext, refuse_unless
from database.event_effects.notices import tell_of_loan
from database.sql import SQL, Connection
from domain import events
from domain.case.notices import Audience, NoticeKind
from domain.contact.hold import public_reason


async def record_visit_requested(
    event: events.VisitRequested, connection: Connection, context: EventContext
) -> None:
    if event.applicant == "collector":
        await require_not_left(connection, "applicant_id", event.applicant_id)
    await SQL.add_visit(
        connection,
        visit_id=context.visit_id,
        case_id=context.case_id,
        loan_id=context.loan_id,
        address_id=event.address_id,
        applicant=event.applicant,
        applicant_id=event.applicant_id,
        # Only the borrower and the crew see it: it proves that the visitor is ours.
        visit_code=f"{secrets.randbelow(1_000_000):06d}",
        now=context.now,
    )


async def record_visit_approved(
    event: events.VisitApproved, connection: Connection, context: EventContext
) -> None:
    await require_approver(connection, "approver_id", event.approver_id)
    await SQL.approve_visit(
        connection,
        visit_id=context.visit_id,
        approver_id=event.approver_id,
        now=context.now,
        expires_at=context.due_at,
    )


async def record_visit_rejected(
    event: events.VisitRejected, connection: Connection, context: EventContext
) -> None:
    await SQL.reject_visit(
        connection, visit_id=context.visit_id, approver_id=event.approver_id, now=context.now
    )


async def record_approval_withdrawn(
    event: events.ApprovalWithdrawn, connection: Connection, context: EventContext
) -> None:
    await SQL.end_approval(
        connection, visit_id=context.visit_id, reason="withdrawn", now=context.now
    )


async def record_appointment_confirmed(
    event: events.AppointmentConfirmed, connection: Connection, context: EventContext
) -> None:
    await SQL.confirm_appointment(connection, visit_id=context.visit_id, now=context.now)


async def record_appointment_given_up(
    event: events.AppointmentDeclined | events.AppointmentWithdrawn,
    connection: Connection,
    context: EventContext,
) -> None:
    await SQL.release_crew(connection, visit_id=context.visit_id, now=context.now)
    await SQL.clear_slot(connection, visit_id=context.visit_id)


async def record_visit_checked_in(
    event: events.VisitCheckedIn, connection: Connection, context: EventContext
) -> None:
    held = await SQL.holds_at(connection, loan_id=context.loan_id, moment=event.occurred_at)
    if held is not None:
        reasons = ", ".join(sorted({public_reason(reason) for reason in held}))
        raise EffectRefusedError(f"LC-HOLD: on hold when the crew came: {reasons}")
    refuse_unless(
        not await SQL.was_called_off(
            connection, visit_id=context.visit_id, moment=event.occurred_at
        ),
        "occurred_at: the appointment had been called off when the crew came",
        "LC-STAGE",
    )
    dismissed = await SQL.dismissed_crew(connection, badge_ids=list(event.badge_ids))
    refuse_unless(dismissed is None, f"badge_ids: no longer on the staff: {dismissed}", "LC-CREW")
    await SQL.check_in(
        connection,
        visit_id=context.visit_id,
        occurred_at=event.occurred_at,
        now=context.now,
        identity_verified=event.identity_verified,
        identity_method=event.identity_method,
        entry_consent=event.entry_consent,
        filming_consent=event.filming_consent,
        recording_id=event.recording_id,
    )
    await _tell_that_it_came(connection, context)


async def _tell_that_it_came(connection: Connection, context: EventContext) -> None:
    """The complaint desk hears once that a crew was there of which it was told that it is off."""
    async for row in SQL.complaints_told_of(connection, visit_id=context.visit_id):
        await tell_of_loan(
            connection,
            context._replace(loan_id=row["loan_id"], case_id=row["case_id"]),
            Audience.COMPLAINT_DESK,
            NoticeKind.CREW_CAME,
            f"complaint:{row['complaint_id']}:crew-came",
            {
                "complaint_id": row["complaint_id"],
                "visit_id": context.visit_id,
                "visit_starts_at": row["starts_at"].isoformat(),
            },
        )


async def record_visit_reported(
    event: events.VisitReported, connection: Connection, context: EventContext
) -> None:
    arrived_at = await SQL.arrived_at(connection, visit_id=context.visit_id)
    refuse_unless(
        arrived_at is None or event.occurred_at >= arrived_at - context.clock_tolerance,
        "occurred_at: lies before the crew came",
        "LC-TIME",
    )
    await SQL.report_visit(
        connection,
        visit_id=context.visit_id,
        occurred_at=event.occurred_at,
        now=context.now,
        outcome=event.outcome,
        willingness=event.willingness,
        capacity=None if event.capacity is None else event.capacity.model_dump_json(),
        proposal=None if event.proposal is None else event.proposal.model_dump_json(),
        filmed_inside=event.filmed_inside,
    )
    await _tell_that_it_came(connection, context)
    if event.outcome == "wrong_address":
        await SQL.mark_address_wrong(connection, visit_id=context.visit_id)
