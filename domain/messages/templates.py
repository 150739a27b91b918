"""The templates of what the borrower reads and hears, and what each of them may say.

Each declares its parameters, as the registration of a template with a provider asks for, and the
facts on which parts of it depend. The words themselves are data of the lender: `policies/texts/`.
"""

from collections.abc import Mapping
from enum import StrEnum

from domain.messages.facts import Fact


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
    AGREEMENT_TO_SIGN = "agreement_to_sign"
    AGREEMENT_EXPIRES = "agreement_expires"
    VISIT_NOT_GRANTED = "visit_not_granted"
    VISIT_NOT_MADE = "visit_not_made"
    PLAN_UNCHANGED = "plan_unchanged"
    PLAN_WITHDRAWN = "plan_withdrawn"


# What each parameter looks like, as a regular expression.
_MONEY = r"[A-Z]{3} [\d,]+(\.\d+)?|[\d,]+(\.\d+)?元"
_DAY = r"\d{4}-\d\d-\d\d|\d{4}年\d{1,2}月\d{1,2}日"
_HOUR = r"\d{4}-\d\d-\d\d \d\d:\d\d|\d{1,2}月\d{1,2}日\d\d:\d\d"
PARAMETERS: Mapping[str, str] = {
    "lender": r"\S.{0,39}",
    "name": r"\S.{0,39}",
    "days": r"\d{1,4}",
    "amount": _MONEY,
    "penalty_rate": r"\d{1,2}(\.\d{1,4})?",
    "report_on": _DAY,
    "hotline": r"[\d+ -]{5,20}",
    "complaint_hotline": r"[\d+ -]{5,20}",
    "supervisor_name": r"\S.{0,39}",
    "supervisor_hotline": r"[\d+ -]{5,20}",
    "pay_at": r"\S.{0,59}",
    "not_me": r"\w{1,10}",
    "stop": r"\w{1,10}",
    "slot": _HOUR,
    "crew": r"\S.{0,79}",
    "visit_code": r"\d{6}",
    "sign_by": _HOUR,
    "part_amount": _MONEY,
    "part_due": _DAY,
    "part_rest": _MONEY,
    "grace_until": _DAY,
    "received_amount": _MONEY,
    "received_on": _DAY,
}
_REPLIES = frozenset({"stop"})
_WHO = frozenset({"lender", "name", "hotline", "complaint_hotline"}) | _REPLIES
_DEBT = _WHO | {"days", "amount"}
_SUPERVISOR = frozenset({"supervisor_name", "supervisor_hotline"})
_VISIT = _WHO | {"slot", "crew", "visit_code"}
_PART = _WHO | {"part_amount", "part_due"}
_PAID = _WHO | {"received_amount", "received_on"}

NEEDS: Mapping[Template, frozenset[str]] = {
    Template.OVERDUE_NOTICE: _DEBT | _SUPERVISOR | {"pay_at", "penalty_rate", "not_me"},
    Template.OVERDUE_CALL: frozenset({"days", "amount", "hotline", "complaint_hotline"}),
    Template.CREDIT_REPORT_WARNING: _DEBT | _SUPERVISOR | {"pay_at", "report_on"},
    Template.VISIT_INVITATION: _DEBT,
    Template.VISIT_APPOINTMENT: _VISIT,
    Template.VISIT_REMINDER: _VISIT,
    Template.VISIT_CALLED_OFF: _WHO | {"slot"},
    Template.HOW_TO_PAY: _PART | {"pay_at"},
    Template.VISIT_CLOSING: _PART | {"part_rest"},
    Template.PART_REMINDER: _PART | {"pay_at"},
    Template.PAYMENT_HELP: _PART | {"pay_at", "grace_until"},
    Template.PLAN_BROKEN: _DEBT | _SUPERVISOR | {"pay_at"},
    Template.PLAN_GOES_ON: _PART | {"pay_at"},
    Template.LEGAL_NOTICE: _DEBT | _SUPERVISOR | {"pay_at"},
    Template.PAID_NOTICE: _PAID,
    Template.SETTLED_NOTICE: _PAID,
    Template.PLAN_COMPLETED_NOTICE: _PAID,
    Template.LOCATE_MESSAGE: frozenset({"lender", "name", "hotline", "not_me"}),
    Template.LOCATE_CALL: frozenset({"lender", "name", "hotline"}),
    Template.FIRST_MESSAGE: frozenset({"lender", "hotline", "not_me", "stop"}),
    Template.AGREEMENT_TO_SIGN: _WHO | {"sign_by"},
    Template.AGREEMENT_EXPIRES: _WHO | {"sign_by"},
    Template.VISIT_NOT_GRANTED: _WHO,
    Template.VISIT_NOT_MADE: _WHO | {"slot"},
    Template.PLAN_UNCHANGED: _PART | {"pay_at"},
    Template.PLAN_WITHDRAWN: _WHO,
}

# What a call says before it is known who answers.
CALL_OPENING = frozenset({"lender", "name"})

_ANY_SMS = frozenset({Fact.STOP, Fact.COLLECTOR})

# On which facts parts of a template depend; whatever is not here says the same of every loan.
DEPENDS_ON: Mapping[Template, frozenset[Fact]] = dict.fromkeys(Template, _ANY_SMS) | {
    Template.OVERDUE_NOTICE: _ANY_SMS | {Fact.PENALTY, Fact.SUPERVISOR, Fact.NOT_ME},
    Template.OVERDUE_CALL: frozenset({Fact.COLLECTOR}),
    Template.CREDIT_REPORT_WARNING: _ANY_SMS | {Fact.SUPERVISOR},
    Template.PAYMENT_HELP: _ANY_SMS | {Fact.PART_OVERDUE, Fact.IN_GRACE},
    Template.PLAN_BROKEN: _ANY_SMS | {Fact.SUPERVISOR, Fact.WAIVER_LOST},
    Template.LEGAL_NOTICE: _ANY_SMS | {Fact.SUPERVISOR},
    # To a contact person nothing tells that there is a debt, nor a collector of it.
    Template.LOCATE_MESSAGE: frozenset({Fact.NOT_ME}),
    Template.LOCATE_CALL: frozenset(),
    Template.FIRST_MESSAGE: frozenset({Fact.NOT_ME, Fact.STOP}),
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

# What asks for a visit or speaks of one to come: not to whoever wants none.
TOWARDS_A_VISIT = frozenset(
    {Template.VISIT_INVITATION, Template.VISIT_APPOINTMENT, Template.VISIT_REMINDER}
)

# Where nobody has confirmed the number, the first message goes there instead of these. Whatever
# else there is waits until somebody has.
FIRST_MESSAGE_INSTEAD = LADDER["sms"] - WITHOUT_DEBT_DETAILS
