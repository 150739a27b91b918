"""Planted: a provider that does not know a message yet is believed that it never took it."""

from datetime import datetime
from typing import Any

from activities import contact_activities
from gateways.protocol import Gateway, Sent, Sought


def plant() -> None:
    """Its log may lag; nobody waits for it."""

    async def look_up_at_once(gateway: Gateway, sought: Sought, _now: datetime) -> Sent | None:
        return await gateway.find(sought)

    patched: Any = contact_activities
    patched.look_up = look_up_at_once
