"""Plans, agreements, and the renegotiation of a plan that is honoured."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.events.fields import Event, Id, Text
from domain.events.visits import Capacity, Proposal


class PlanApproved(Event):
    name = "plan_approved"
    plan_id: Id
    approver_id: Id
    comment: Text = ""


class PlanRejected(Event):
    name = "plan_rejected"
    plan_id: Id
    approver_id: Id
    comment: Text = ""


class AgreementSigned(Event):
    name = "agreement_signed"
    agreement_id: Id
    # Hexadecimal digits, of either case; kept in lower case.
    document_sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$"), AfterValidator(str.lower)]
    signatories: Annotated[tuple[Id, ...], Field(min_length=1, max_length=10)]
    # The borrower has read what the plan costs (CN-27); what nobody says is not on record as said.
    costs_confirmed: bool | None = None


class AgreementDeclined(Event):
    name = "agreement_declined"
    agreement_id: Id
    reason: Text = ""


class RenegotiationRequested(Event):
    """Another plan for what is still owed of the one in force: the borrower cannot keep it."""

    name = "renegotiation_requested"
    agreement_id: Id
    requested_by_id: Id
    capacity: Capacity
    proposal: Proposal
