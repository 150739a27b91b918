"""An example of each event, as a sending system writes it."""

from typing import Any

_VISIT = "L-1001:2026-10-10:visit-1"
_STAFF = {"approver_id": "A-1"}
_PROPOSAL = {"instalments": 6, "first_due_on": "2026-12-10"}
_CAPACITY = {"monthly_income_minor": 900_000, "monthly_expense_minor": 600_000}

_FIELDS: dict[str, dict[str, Any]] = {
    "payment_received": {"payment_id": "P-1", "amount_minor": 100_000},
    "payment_reversed": {"payment_id": "P-1"},
    "promise_made": {"amount_minor": 100_000, "due_on": "2026-12-01"},
    "call_finished": {"attempt_id": "attempt-1", "outcome": "connected", "duration_s": 95},
    "visit_requested": {"applicant": "collector", "applicant_id": "K-1", "address_id": "B-1-a1"},
    "visit_approved": {"visit_id": _VISIT} | _STAFF,
    "visit_rejected": {"visit_id": _VISIT} | _STAFF,
    "visit_withdrawn": {"visit_id": _VISIT, "withdrawn_by_id": "K-1"},
    "approval_withdrawn": {"visit_id": _VISIT} | _STAFF,
    "appointment_confirmed": {"slot_id": f"{_VISIT}:slot-1"},
    "appointment_declined": {"slot_id": f"{_VISIT}:slot-1"},
    "appointment_withdrawn": {"slot_id": f"{_VISIT}:slot-1", "reason": "ill"},
    "visit_checked_in": {
        "visit_id": _VISIT,
        "badge_ids": ["K-1", "K-2"],
        "identity_verified": True,
        "entry_consent": True,
        "recording_id": "R-1",
    },
    "visit_reported": {"visit_id": _VISIT, "outcome": "agreed", "proposal": _PROPOSAL},
    "plan_approved": {"plan_id": "L-1001:2026-10-10:plan-1"} | _STAFF,
    "plan_rejected": {"plan_id": "L-1001:2026-10-10:plan-1"} | _STAFF,
    "agreement_signed": {
        "agreement_id": "L-1001:2026-10-10:plan-1",
        "document_sha256": "ab" * 32,
        "signatories": ["B-1"],
        "costs_confirmed_at": "2026-10-30T09:55:00Z",
    },
    "agreement_declined": {"agreement_id": "L-1001:2026-10-10:plan-1"},
    "renegotiation_requested": {
        "agreement_id": "L-1001:2026-10-10:plan-1",
        "requested_by_id": "K-1",
        "capacity": _CAPACITY,
        "proposal": _PROPOSAL,
    },
    "phone_reported": {"phone_id": "B-1-p1", "status": "wrong_person", "by": "call-desk"},
    "phone_confirmed": {"phone_id": "B-1-p1", "by": "app"},
    "reply_received": {"reply_id": "reply-1", "phone_id": "B-1-p1", "text": "STOP"},
    "call_received": {"call_id": "call-1", "identity_confirmed": True, "duration_s": 120},
    "borrower_said": {"says": "cannot_pay", "by": "call-desk"},
    "complaint_filed": {"complaint_id": "C-1", "about": "a call at night"},
    "complaint_extended": {"complaint_id": "C-1"} | _STAFF,
    "complaint_resolved": {"complaint_id": "C-1", "upheld": False},
    "hold_placed": {"hold_id": "H-1", "reason": "dispute", "until": "2027-01-10T00:00:00+08:00"},
    "hold_released": {"hold_id": "H-1"},
    "contact_preferences_changed": {"blocked_channels": ["call"]},
    "policy_adopted": {"policy_version": "cn-2026.2"},
    "case_closed": {"outcome": "withdrawn"},
}


def example_of(name: str) -> dict[str, Any]:
    """A body that the contract takes; a name without an example is a KeyError at start."""
    return {
        "loan_id": "L-1001",
        "name": name,
        "event_id": f"{name}-1",
        "occurred_at": "2026-11-24T10:00:00+08:00",
        **_FIELDS[name],
    }
