"""What was said in a contact, as far as the record can tell.

An attempt keeps its words before it is made, of a call those of either answer: what became of it
says which of them were spoken.
"""

from enum import StrEnum

from domain.contact.delivery import Delivery
from domain.contact.status import AttemptStatus
from domain.messages.calls import has_parts
from domain.messages.templates import Template
from domain.policy.contact import Channel

_NOBODY_ANSWERED = ("no_answer", "busy", "invalid_number")
_SOMEBODY_ANSWERED = ("connected", "refused", "wrong_person")


class Heard(StrEnum):
    """Which of the words on record were said, by their names there."""

    NOTHING = "nothing"
    TEXT = "text"
    AFTER_YES = "text, after_yes"
    AFTER_NO = "text, after_no"
    BEGUN = "text; not known what followed"
    UNKNOWN = "not known"


def what_was_said(
    channel: str,
    template: str,
    status: str,
    outcome: str | None,
    delivery: str | None,
    *,
    identity_confirmed: bool,
) -> Heard:
    """What is certain of an attempt; what was reported of a call weighs more than its status.

    Keys that were pressed are no help: what they mean is known to the provider's flow alone.
    """
    if status == AttemptStatus.FAILED:
        return Heard.NOTHING
    if channel == Channel.CALL and outcome in _NOBODY_ANSWERED:
        return Heard.NOTHING
    if channel == Channel.CALL and outcome in _SOMEBODY_ANSWERED:
        if not has_parts(Template(template)):
            return Heard.TEXT
        return _after_the_opening(outcome, identity_confirmed=identity_confirmed)
    if delivery == Delivery.UNDELIVERED:
        return Heard.NOTHING
    is_sent_text = channel == Channel.SMS and status == AttemptStatus.SENT
    return Heard.TEXT if is_sent_text else Heard.UNKNOWN


def _after_the_opening(outcome: str | None, *, identity_confirmed: bool) -> Heard:
    """Whoever refused may have hung up at any word, also after a *yes*."""
    if outcome == "wrong_person":
        return Heard.AFTER_NO
    if outcome == "connected" and identity_confirmed:
        return Heard.AFTER_YES
    return Heard.BEGUN
