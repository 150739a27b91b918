"""An event of each kind, and what the judgement says of it."""

from typing import Any

from domain.case.events.judge import judge
from domain.case.judgement.fitting import EventRefusedError
from domain.case.situation import Situation
from domain.events import read_event
from tests.support.situations import (
    AGREEMENT_ID,
    CAPACITY,
    CREW,
    NOON,
    PLAN_ID,
    PROPOSAL,
    SHA256,
    SLOT_ID,
    VISIT_ID,
)
from tests.support.world import event as any_event

ACCEPTED = "accepted"
STAGE, CLOSED = "LC-STAGE", "LC-CASE-CLOSED"

BODIES: dict[str, dict[str, Any]] = {
    "payment_received": {"payment_id": "P", "amount_minor": 1},
    "payment_reversed": {"payment_id": "P"},
    "promise_made": {"amount_minor": 1, "due_on": "2026-04-25"},
    "call_finished": {"attempt_id": "A", "outcome": "connected"},
    "phone_reported": {"phone_id": "B-1-p1", "status": "refused", "by": "hotline"},
    "phone_confirmed": {"phone_id": "B-1-p1", "by": "app"},
    "reply_received": {"reply_id": "R-1", "phone_id": "B-1-p1", "text": "N"},
    "call_received": {"call_id": "I-1"},
    "borrower_said": {"says": "disputes"},
    "visit_requested": {
        "applicant": "collector",
        "applicant_id": "K-1",
        "address_id": "B-1-a1",
    },
    "visit_approved": {"visit_id": VISIT_ID, "approver_id": "A-1"},
    "visit_rejected": {"visit_id": VISIT_ID, "approver_id": "A-1"},
    "visit_withdrawn": {"visit_id": VISIT_ID, "withdrawn_by_id": "K-1"},
    "approval_withdrawn": {"visit_id": VISIT_ID, "approver_id": "A-1"},
    "appointment_confirmed": {"slot_id": SLOT_ID},
    "appointment_declined": {"slot_id": SLOT_ID},
    "appointment_withdrawn": {"slot_id": SLOT_ID},
    "visit_checked_in": {
        "visit_id": VISIT_ID,
        "badge_ids": CREW,
        "identity_verified": True,
        "entry_consent": True,
        "recording_id": "R",
    },
    "visit_reported": {"visit_id": VISIT_ID, "outcome": "not_present"},
    "plan_approved": {"plan_id": PLAN_ID, "approver_id": "A-2"},
    "plan_rejected": {"plan_id": PLAN_ID, "approver_id": "A-2"},
    "agreement_signed": {
        "agreement_id": AGREEMENT_ID,
        "document_sha256": SHA256,
        "signatories": ["B-1"],
    },
    "agreement_declined": {"agreement_id": AGREEMENT_ID},
    "renegotiation_requested": {
        "agreement_id": AGREEMENT_ID,
        "requested_by_id": "K-1",
        "capacity": CAPACITY.model_dump(),
        "proposal": PROPOSAL.model_dump(mode="json"),
    },
    "complaint_filed": {"complaint_id": "C", "about": "x"},
    "complaint_extended": {"complaint_id": "C", "approver_id": "A-3"},
    "complaint_resolved": {"complaint_id": "C", "upheld": True},
    "hold_placed": {"hold_id": "H", "reason": "dispute"},
    "hold_released": {"hold_id": "H"},
    "contact_preferences_changed": {"blocked_channels": []},
    "policy_adopted": {"policy_version": "cn-next"},
    "case_closed": {"outcome": "withdrawn"},
}


def verdict(name: str, situation: Situation, **changes: Any) -> tuple[str, str]:
    """`accepted`, or the rule that refuses; and the reason."""
    body = any_event(NOON, event_id="e", **BODIES[name] | changes)
    try:
        judge(read_event(name, body), situation)
    except EventRefusedError as refused:
        return refused.rule_id, refused.reason
    return ACCEPTED, ""
