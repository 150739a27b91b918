"""The templates of what the borrower reads and hears, and what each of them may say.

Each declares its parameters, as the registration of a template with a provider asks for. The words
themselves are in `texts.py`.
"""

from collections.abc import Mapping
from enum import StrEnum


class Template(StrEnum):
    """What a message says, by its name on record."""

    OVERDUE_NOTICE = "overdue_notice"
    OVERDUE_CALL = "overdue_call"
    CREDIT_REPORT_WARNING = "credit_report_warning"
    VISIT_INVITATION = "visit_invitation"
    VISIT_APPOINTMENT = "visit_appointment"
    VISIT_REMINDER = "visit_reminder"
    VISIT_CALLED_OFF = "visit_called_off"
    HOW_TO_PAY = "how_to_pay"
    VISIT_CLOSING = "visit_closing"
    PART_REMINDER = "part_reminder"
    PAYMENT_HELP = "payment_help"
    PLAN_BROKEN = "plan_broken"
    PLAN_GOES_ON = "plan_goes_on"
    LEGAL_NOTICE = "legal_notice"
    PAID_NOTICE = "paid_notice"
    SETTLED_NOTICE = "settled_notice"
    PLAN_COMPLETED_NOTICE = "plan_completed_notice"
    LOCATE_MESSAGE = "locate_message"
    LOCATE_CALL = "locate_call"
    FIRST_MESSAGE = "first_message"


# What each parameter looks like, as a regular expression.
PARAMETERS: Mapping[str, str] = {
    "lender": r"\S.{0,39}",
    "name": r"\S.{0,39}",
    "days": r"\d{1,4}",
    "amount": r"[A-Z]{3} [\d,]+(\.\d+)?",
    "hotline": r"[\d+ -]{5,20}",
    "complaint_hotline": r"[\d+ -]{5,20}",
    "pay_at": r"\S.{0,59}",
    "slot": r"\d{4}-\d\d-\d\d \d\d:\d\d",
    "crew": r"\S.{0,79}",
    "visit_code": r"\d{6}",
    "part_amount": r"[A-Z]{3} [\d,]+(\.\d+)?",
    "part_due": r"\d{4}-\d\d-\d\d",
    "part_rest": r"[A-Z]{3} [\d,]+(\.\d+)?",
    "received_amount": r"[A-Z]{3} [\d,]+(\.\d+)?",
    "received_on": r"\d{4}-\d\d-\d\d",
}
_WHO = frozenset({"lender", "name", "hotline"})
_DEBT = _WHO | {"days", "amount"}
_VISIT = _WHO | {"slot", "crew", "visit_code", "complaint_hotline"}
_PART = _WHO | {"part_amount", "part_due"}
_PAID = _WHO | {"received_amount", "received_on", "complaint_hotline"}

NEEDS: Mapping[Template, frozenset[str]] = {
    Template.OVERDUE_NOTICE: _DEBT | {"pay_at", "complaint_hotline"},
    Template.OVERDUE_CALL: frozenset({"days", "amount", "hotline", "complaint_hotline"}),
    Template.CREDIT_REPORT_WARNING: _DEBT | {"pay_at"},
    Template.VISIT_INVITATION: _DEBT | {"complaint_hotline"},
    Template.VISIT_APPOINTMENT: _VISIT,
    Template.VISIT_REMINDER: _VISIT,
    Template.VISIT_CALLED_OFF: _WHO | {"slot", "complaint_hotline"},
    Template.HOW_TO_PAY: _PART | {"pay_at"},
    Template.VISIT_CLOSING: _PART | {"part_rest", "complaint_hotline"},
    Template.PART_REMINDER: _PART | {"pay_at"},
    Template.PAYMENT_HELP: _PART | {"pay_at"},
    Template.PLAN_BROKEN: _DEBT | {"pay_at", "complaint_hotline"},
    Template.PLAN_GOES_ON: _PART | {"pay_at"},
    Template.LEGAL_NOTICE: _DEBT | {"pay_at", "complaint_hotline"},
    Template.PAID_NOTICE: _PAID,
    Template.SETTLED_NOTICE: _PAID,
    Template.PLAN_COMPLETED_NOTICE: _PAID,
    Template.LOCATE_MESSAGE: _WHO,
    Template.LOCATE_CALL: _WHO,
    Template.FIRST_MESSAGE: frozenset({"lender", "hotline"}),
}

# What a step of the ladder may say, by channel: whatever else there is speaks of a visit, a plan
# or an end that there may not be.
LADDER: Mapping[str, frozenset[Template]] = {
    "sms": frozenset(
        {Template.OVERDUE_NOTICE, Template.CREDIT_REPORT_WARNING, Template.LOCATE_MESSAGE}
    ),
    "call": frozenset({Template.OVERDUE_CALL, Template.LOCATE_CALL}),
}

# For a contact person, or whoever answers: nothing in them tells that there is a debt (CN-07).
WITHOUT_DEBT_DETAILS = frozenset(
    {Template.LOCATE_MESSAGE, Template.LOCATE_CALL, Template.FIRST_MESSAGE}
)

# Where nobody has confirmed the number, the first message goes there instead of these. Whatever
# else there is waits until somebody has.
FIRST_MESSAGE_INSTEAD = LADDER["sms"] - WITHOUT_DEBT_DETAILS
