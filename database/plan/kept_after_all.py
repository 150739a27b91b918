"""A plan that was broken before anybody heard of the payment of its part is in force again."""

from datetime import datetime

from database.sql import SQL, Connection
from domain.case.facts import PromiseStatus


async def keep_plan_paid_in_time(
    connection: Connection, case_id: str | None, now: datetime
) -> None:
    """Put it in force again if its missed part was paid in time, and nothing else stands there."""
    kept = await SQL.reinstate_agreement(connection, case_id=case_id, now=now)
    if kept is None:
        return
    await SQL.put_off_instalments(connection, agreement_id=kept["agreement_id"])
    # What was promised while it was broken is asked for by its parts.
    await SQL.resolve_open_promises(
        connection, case_id=case_id, status=PromiseStatus.REPLACED, now=now
    )
