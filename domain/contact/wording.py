"""An intent put into words: the text, and the template with its values for who wants these."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.contact.intent import Intent
from domain.contact.recipient import Recipient, speaks_of_next_part
from domain.contact.said import may_be_said
from domain.messages.calls import CallParts, has_parts, opening_values, render_call
from domain.messages.templates import DEPENDS_ON, Template
from domain.messages.texts import render, spoken_in, values_of
from domain.messages.versions import template_version
from domain.policy.channels import Channels
from domain.policy.contact import Channel
from domain.policy.policy import Policy


class Words(NamedTuple):
    """What is said; of a call only the opening goes without an answer."""

    text: str
    template: Template
    language: str
    facts: tuple[str, ...]  # those that are so, of those on which the template depends
    values: Mapping[str, str]
    parts: CallParts | None
    template_version: str

    @property
    def on_record(self) -> dict[str, str]:
        """As they are kept with the attempt."""
        if self.parts is None:
            return {"text": self.text}
        return {
            "text": self.text,
            "after_yes": self.parts.after_yes,
            "after_no": self.parts.after_no,
        }


class Unsayable(NamedTuple):
    """The visit or the part that a message speaks of is over by now; `why` says which."""

    why: str


def word(
    intent: Intent,
    template: Template,
    recipient: Recipient,
    policies: Sequence[Policy],
    channels: Channels,
) -> Words | Unsayable:
    """What is said to a recipient, at the moment of whose facts it is.

    In the words that the case is pinned to with its policy, the first of `policies`.
    """
    if not speaks_of_next_part(intent, recipient):
        return Unsayable(f"part {intent.part_number} is paid")
    language, parts = recipient.language, None
    texts = [policy.texts for policy in policies if policy.texts is not None]
    spoken = spoken_in(language, template, texts)
    try:
        so = may_be_said(
            recipient, channels, policies, recipient.at, intent.slot_start, intent.answer_by
        )
        values = values_of(spoken, template, so.values, so.facts)
        if intent.channel is Channel.CALL and has_parts(template):
            values |= opening_values(spoken, so.values)
            parts = render_call(spoken, template, so.values, so.facts)
        return Words(
            text=parts.opening if parts else render(spoken, template, so.values, so.facts),
            template=template,
            language=language,
            facts=tuple(sorted(so.facts & DEPENDS_ON[template])),
            values=values,
            parts=parts,
            template_version=template_version(spoken, template),
        )
    except KeyError as error:
        return Unsayable(f"nothing to say of {error}")
