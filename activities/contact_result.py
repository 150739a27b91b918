"""What came of an intent, and the reasons that are not the gate's own."""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel

from domain.case.facts import CaseFacts
from domain.contact.intent import Intent
from domain.contact.question import Refused
from gateways.protocol import GatewayRefusedError


class ContactStatus(StrEnum):
    """What came of an intent."""

    SENT = "sent"
    REFUSED = "refused"  # by a rule
    FAILED = "failed"  # the provider will never take it
    UNKNOWN = "unknown"  # nobody can say; counted, and not sent again


MISSED = "LC-MISSED"  # the rule of a contact for which no lawful moment was left


def missed(intent: Intent) -> Refused:
    """Why a contact is not made any more: no lawful moment was left for it."""
    return Refused(rule_id=MISSED, reason=f"no lawful moment before {intent.by:%F %H:%M}")


def retired(intent: Intent) -> Refused:
    """Why a contact of a release before is not made: its message is not sent any more."""
    return Refused(rule_id="LC-TEMPLATE", reason=f"there is no message {intent.template} any more")


class ContactResult(BaseModel):
    """The result of one intent, with fresh facts of the case."""

    status: ContactStatus
    facts: CaseFacts
    is_on_record: bool = False  # settled by an earlier call, or before the provider was asked
    rule_id: str = ""
    reason: str = ""
    retry_at: AwareDatetime | None = None

    @property
    def is_known_failure(self) -> bool:
        """Whether the provider was not asked now, and nothing was sent: another window may be."""
        return self.status is ContactStatus.FAILED and self.is_on_record


def said_no(refused: GatewayRefusedError) -> Refused:
    """Why a contact is not made: the person told the provider, not us."""
    return Refused(rule_id="LC-SAID-NO", reason=f"the person said no to the provider: {refused}")


def number_is_busy(refused: GatewayRefusedError, now: datetime) -> Refused:
    """Why a contact is not made now: the provider's own limit for a number."""
    return Refused(
        rule_id="LC-NUMBER-BUSY",
        reason=f"the provider takes no more for this number now: {refused}",
        retry_at=now + refused.retry_after,
    )
