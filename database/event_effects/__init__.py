"""What an accepted event changes in the database, one function an event."""

from database.event_effects import (  # noqa: F401  # each adds its effects
    agreements,
    case,
    complaints,
    contact,
    money,
    visits,
)
from database.event_effects.effect import EffectRefusedError, EventContext, take_effect

__all__ = ["EffectRefusedError", "EventContext", "take_effect"]
