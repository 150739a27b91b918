"""Planted: the gate sees one loan where it has to see all of the borrower's."""

from collections.abc import Callable
from typing import Any

from database.contact import contacts
from domain.contact.facts import ContactFacts
from domain.contact.permission import may_contact
from domain.contact.question import Decision

Narrow = Callable[[ContactFacts], ContactFacts]


def plant_hold_of_the_workflow() -> None:
    """Of holds only those that the loan's own workflow was told of: the others are on record."""
    _ask_with(
        lambda facts: facts.model_copy(
            update={
                "holds": [
                    hold for hold in facts.holds if hold.hold_id.endswith(f"-{facts.loan_id}")
                ]
            }
        )
    )


def plant_counter_of_the_loan() -> None:
    """Of contacts only those about this loan."""
    _ask_with(
        lambda facts: facts.model_copy(
            update={"attempts": [each for each in facts.attempts if each.loan_id == facts.loan_id]}
        )
    )


def _ask_with(narrow: Narrow) -> None:
    def may_contact_by_less(
        channel: Any, purpose: Any, facts: ContactFacts, *others: Any
    ) -> Decision:
        return may_contact(channel, purpose, narrow(facts), *others)

    patched: Any = contacts
    patched.may_contact = may_contact_by_less
