"""Planted: a run that has much to do forgets one signal in three."""

from typing import Any
from zlib import crc32

from domain.case.events.claims import claimed_id, claimed_ticket
from workflows.desk.inbox import Inbox, IncomingEvent

ONE_IN = 3


def plant() -> None:
    """What came by the door is kept: somebody waits for its verdict."""
    receive = Inbox.receive

    def receive_most(self: Inbox, incoming: IncomingEvent) -> None:
        body = incoming.body
        is_signal = isinstance(body, dict) and not claimed_ticket(body) and "name" not in body
        # By its id, so that a replay forgets the same ones.
        if is_signal and crc32(claimed_id(body, "").encode()) % ONE_IN == 0:
            return
        receive(self, incoming)

    patched: Any = Inbox
    patched.receive = receive_most
