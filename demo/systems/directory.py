"""The systems that come in by the front door: what each may send, and what each is told.

The telephone (call platform, call centre, hotline) speaks by plain signals, and so does whoever
sends what is no event at all.
"""

from typing import NamedTuple

LEDGER, APP, APPROVAL_DESK = "ledger", "borrower-app", "approval-desk"
E_SIGN, COMPLAINT_DESK, HARDSHIP_DESK = "e-sign", "complaint-desk", "hardship-desk"
FIELD_SERVICE, CREW_APP, OFFLINE_APP = "field-service", "crew-app", "crew-app-offline"
ROSTER, LEGAL_DESK, PORTFOLIO = "roster", "legal-desk", "portfolio"
SMS_PROVIDER = "sms-provider"
CALL_PLATFORM, CALL_CENTRE, HOTLINE = "call-platform", "call-centre", "hotline"


class System(NamedTuple):
    """One of them: its name is its key id, its source and its endpoint."""

    name: str
    sends: tuple[str, ...]
    is_told: tuple[str, ...] = ()
    may_name_staff: bool = False


SYSTEMS = (
    System(LEDGER, ("payment_received", "payment_reversed")),
    System(
        APP,
        (
            *("visit_requested", "appointment_confirmed", "appointment_declined"),
            *("visit_withdrawn", "renegotiation_requested"),
            *("contact_preferences_changed", "complaint_filed"),
        ),
        ("visit.proposed",),
    ),
    System(
        APPROVAL_DESK,
        (
            *("visit_approved", "visit_rejected", "approval_withdrawn"),
            *("plan_approved", "plan_rejected"),
        ),
        (
            *("notice.visit_approval_wanted", "notice.waiver_approval_wanted"),
            *("visit.proposed", "visit.rejected", "visit.expired"),
            *("visit.withdrawn", "visit.called_off"),
        ),
        may_name_staff=True,
    ),
    System(E_SIGN, ("agreement_signed", "agreement_declined"), ("agreement.offered",)),
    System(
        COMPLAINT_DESK,
        ("complaint_extended", "complaint_resolved"),
        ("notice.complaint_to_answer", "notice.complaint_due_soon"),
        may_name_staff=True,
    ),
    System(HARDSHIP_DESK, ("hold_placed", "hold_released", "borrower_said")),
    System(FIELD_SERVICE, ("visit_requested",), ("notice.visit_possible",), may_name_staff=True),
    System(
        CREW_APP,
        ("visit_checked_in", "visit_reported"),
        ("notice.appointment_called_off", "notice.negotiate_again"),
        may_name_staff=True,
    ),
    System(OFFLINE_APP, ("visit_reported",)),
    System(ROSTER, ("appointment_withdrawn",), ("visit.proposed", "notice.visit_prepared")),
    System(LEGAL_DESK, ("case_closed",), ("notice.review_wanted",)),
    System(PORTFOLIO, ("case_closed",)),
    System(SMS_PROVIDER, ("reply_received",)),
)
