"""The facts other systems send: one model an event, in the past tense."""

from domain.events.agreements import (
    AgreementDeclined,
    AgreementSigned,
    PlanApproved,
    PlanRejected,
    RenegotiationRequested,
)
from domain.events.case import (
    CaseClosed,
    PolicyAdopted,
)
from domain.events.complaints import (
    ComplaintExtended,
    ComplaintFiled,
    ComplaintResolved,
)
from domain.events.contact import (
    AgreedHours,
    CallFinished,
    ContactPreferencesChanged,
    HoldPlaced,
    HoldReleased,
)
from domain.events.fields import (
    LARGEST_AMOUNT_MINOR,
    Event,
    Id,
    is_needed,
)
from domain.events.money import (
    PaymentReceived,
    PaymentReversed,
    PromiseMade,
)
from domain.events.reading import (
    EVENTS,
    LARGEST_RECORDED_BODY,
    UNNAMED,
    UnreadableBody,
    UnreadableEventError,
    printable,
    read_event,
    read_event_on_record,
    read_json,
    recordable,
)
from domain.events.visits import (
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentWithdrawn,
    ApprovalWithdrawn,
    Capacity,
    Proposal,
    VisitApproved,
    VisitCheckedIn,
    VisitRejected,
    VisitReported,
    VisitRequested,
    VisitWithdrawn,
)

__all__ = [
    "EVENTS",
    "LARGEST_AMOUNT_MINOR",
    "LARGEST_RECORDED_BODY",
    "UNNAMED",
    "AgreedHours",
    "AgreementDeclined",
    "AgreementSigned",
    "AppointmentConfirmed",
    "AppointmentDeclined",
    "AppointmentWithdrawn",
    "ApprovalWithdrawn",
    "CallFinished",
    "Capacity",
    "CaseClosed",
    "ComplaintExtended",
    "ComplaintFiled",
    "ComplaintResolved",
    "ContactPreferencesChanged",
    "Event",
    "HoldPlaced",
    "HoldReleased",
    "Id",
    "PaymentReceived",
    "PaymentReversed",
    "PlanApproved",
    "PlanRejected",
    "PolicyAdopted",
    "PromiseMade",
    "Proposal",
    "RenegotiationRequested",
    "UnreadableBody",
    "UnreadableEventError",
    "VisitApproved",
    "VisitCheckedIn",
    "VisitRejected",
    "VisitReported",
    "VisitRequested",
    "VisitWithdrawn",
    "is_needed",
    "printable",
    "read_event",
    "read_event_on_record",
    "read_json",
    "recordable",
]
