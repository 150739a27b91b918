"""Who may decide: those who left never do, and where a list is given, only who is on it."""

from database.event_effects.effect import EffectRefusedError, refuse_unless
from database.sql import SQL, Connection
from domain.plan.authority import Level

RULE = "LC-AUTHORITY"


async def require_approver(connection: Connection, field: str, person_id: str) -> Level:
    """The level of somebody who approves; as an approver, where the lender gives no list.

    Raises:
        EffectRefusedError: of one who has left, or who is not on the list that is given.
    """
    await require_not_left(connection, field, person_id)
    level = await SQL.level_of_staff(connection, staff_id=person_id)
    if level is not None:
        return Level(level)
    if await SQL.is_staff_listed(connection):
        raise EffectRefusedError(f"{RULE}: {field}: not on the list of the staff")
    return Level.APPROVER


async def require_not_left(connection: Connection, field: str, person_id: str) -> None:
    """Refuse a person who is on file, as staff or as crew, and has left."""
    has_left = await SQL.has_left(connection, person_id=person_id)
    refuse_unless(not has_left, f"{field}: no longer on the staff", RULE)
