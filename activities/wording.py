"""An intent put into words: the text, and the template with its values for who wants these."""

from datetime import datetime

from database.contact.contacts import Reservation
from domain.contact.intent import Intent
from domain.contact.recipient import speaks_of_next_part
from domain.contact.said import may_be_said
from domain.messages.calls import has_parts, render_call
from domain.messages.templates import DEPENDS_ON, Template
from domain.messages.texts import render, spoken_in, values_of
from domain.messages.versions import template_version
from domain.policy.channels import Channels
from domain.policy.contact import Channel
from gateways.protocol import Outbound


class NothingToSayError(Exception):
    """The visit or the part that a message speaks of is over by now; the text says which."""


def word(intent: Intent, reservation: Reservation, channels: Channels, at: datetime) -> Outbound:
    """The message of a reserved contact; of a call only the opening goes without an answer.

    In the words that the case is pinned to with its policy.

    Raises:
        NothingToSayError: when what it speaks of is not so any more.
    """
    recipient = reservation.recipient
    if not speaks_of_next_part(intent, recipient):
        raise NothingToSayError(f"part {intent.part_number} is paid")
    said = Template(reservation.template)
    texts = [policy.texts for policy in reservation.policies if policy.texts is not None]
    spoken = spoken_in(recipient.language, said, texts)
    parts = None
    try:
        so = may_be_said(
            recipient, channels, reservation.policies, at, intent.slot_start, intent.answer_by
        )
        if intent.channel is Channel.CALL and has_parts(said):
            parts = render_call(spoken, said, so.values, so.facts)
        return Outbound(
            reference=reservation.attempt_id,
            number=reservation.number,
            text=(render(spoken, said, so.values, so.facts) if parts is None else parts.opening),
            at=at,
            template=said.value,
            language=recipient.language,
            facts=tuple(sorted(so.facts & DEPENDS_ON[said])),
            values=values_of(spoken, said, so.values, so.facts),
            parts=parts,
            template_version=template_version(spoken, said),
        )
    except KeyError as error:
        raise NothingToSayError(f"nothing to say of {error}") from error
