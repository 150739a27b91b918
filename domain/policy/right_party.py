"""Whose number it is, and what may be said there before that is known: rules of a policy."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool

from domain.policy.rule import PolicyModel, Rule

# How far back a first message may lie that counts: what is read of them at each contact.
MOST_NEUTRAL_DAYS = 60


class Confirmation(StrEnum):
    """By what a number is known to be the borrower's own."""

    ORIGINATION = "origination"  # the lender's own check, as the tape has it
    CONVERSATION = "conversation"  # in which the person said who they are
    APP = "app"  # an answer from where only the borrower is signed in
    REPLY = "reply"
    PAYMENT_LINK = "payment_link"  # a payment through a link that was sent there
    EARLIER_RECORD = "earlier_record"  # answered a call before confirmations were kept


class RightPartyPolicy(PolicyModel):
    """What is asked of a number before it is told of the debt, or of a visit."""

    confirmed_only: Rule[StrictBool]
    confirmed_by: Rule[Annotated[tuple[Confirmation, ...], Field(min_length=1)]]
    neutral_days: Rule[Annotated[int, Field(ge=1, le=MOST_NEUTRAL_DAYS)]]

    @property
    def neutral_interval(self) -> timedelta:
        """How long after a first message, which tells nothing, no other goes to the number."""
        return timedelta(days=self.neutral_days.value)
