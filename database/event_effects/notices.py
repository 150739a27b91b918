"""Notices that are written with the event they tell of: of its case, or of a loan at rest."""

import json
from collections.abc import Mapping

from database.event_effects.effect import EventContext
from database.sql import SQL, Connection
from domain.case.notices import Audience, NoticeKind


async def tell_of_loan(
    connection: Connection,
    context: EventContext,
    audience: Audience,
    kind: NoticeKind,
    key: str,
    body: Mapping[str, object],
) -> None:
    """Tell an audience, once for a key: of the case that is open or was last, or of the loan."""
    case_id = context.case_id or await SQL.last_case(connection, loan_id=context.loan_id)
    text = json.dumps({"loan_id": context.loan_id, **body})
    if case_id is None:
        await SQL.notify_staff_of_loan(
            connection,
            notice_id=f"loan-{context.loan_id}:{key}",
            loan_id=context.loan_id,
            audience=audience,
            kind=kind,
            body=text,
            now=context.now,
        )
        return
    await SQL.notify_staff(
        connection,
        notice_id=f"{case_id}:{key}",
        case_id=case_id,
        audience=audience,
        kind=kind,
        body=text,
        now=context.now,
    )
