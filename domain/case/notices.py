"""What the lender's own people are told of a case, and who of them."""

from enum import StrEnum


class Audience(StrEnum):
    """Who reads a notice."""

    APPROVERS = "approvers"
    SENIOR_APPROVERS = "senior_approvers"
    CREW = "crew"
    COLLECTORS = "collectors"
    COMPLAINT_DESK = "complaint_desk"
    LEGAL = "legal"
    E_SIGN = "e_sign"  # the platform on which agreements are signed


class NoticeKind(StrEnum):
    """What a notice is about."""

    VISIT_POSSIBLE = "visit_possible"
    VISIT_APPROVAL_WANTED = "visit_approval_wanted"
    NO_CREW_FREE = "no_crew_free"
    VISIT_PREPARED = "visit_prepared"
    APPOINTMENT_CALLED_OFF = "appointment_called_off"
    NEGOTIATE_AGAIN = "negotiate_again"
    VISIT_REFUSED = "visit_refused"  # the application, or no approval came in time
    VISIT_UNREPORTED = "visit_unreported"  # the crew was expected, and nothing was heard of it
    WAIVER_APPROVAL_WANTED = "waiver_approval_wanted"
    AGREEMENT_OFFERED = "agreement_offered"
    RENEGOTIATION_ENDED = "renegotiation_ended"
    PLAN_WITHDRAWN = "plan_withdrawn"  # with the end of its case, while it was honoured
    FIRST_PAYMENT_HELP = "first_payment_help"  # somebody calls and helps
    COMPLAINT_TO_ANSWER = "complaint_to_answer"
    COMPLAINT_DUE_SOON = "complaint_due_soon"
    COMPLAINT_OVERDUE = "complaint_overdue"
    COMPLAINANT_TO_TELL = "complainant_to_tell"  # that the answer takes longer, and until when
    CREW_CAME = "crew_came"  # whose appointment a complaint had called off, as its desk was told
    REVIEW_WANTED = "review_wanted"
    LEGAL_PACKAGE_READY = "legal_package_ready"
    OVERPAID = "overpaid"  # more was paid and granted than was ever owed
    OVERPAID_TAKEN_BACK = "overpaid_taken_back"  # some of that, or all, is not over any more
    OWED_BESIDE_PLAN = "owed_beside_plan"  # a payment that the plan does not count was taken back
