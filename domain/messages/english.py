"""What the borrower reads and hears in English, by template."""

from collections.abc import Mapping

from domain.messages.templates import Template

_HELLO = "{lender}: Dear {name}, "
_OWED = "your loan is {days} days past due, {amount} is overdue"
_ASK = "Questions {hotline}, complaints {complaint_hotline}"
_SUPERVISOR = "[supervisor: , complaint line of {supervisor_name} {supervisor_hotline}]"
_COLLECTOR = (
    "[collector:  We are a debt collector: this is to collect a debt, and what you tell us is used"
    " for that.]"
)
_END = ".[stop:  Reply {stop} to get no more messages.]" + _COLLECTOR

ENGLISH: Mapping[Template, str] = {
    Template.OVERDUE_NOTICE: _HELLO
    + _OWED
    + (
        " today.[penalty:  While it is overdue, penalty interest accrues as the contract says, at "
        "{penalty_rate} % a year.] To pay: {pay_at}. If paying is difficult, or you disagree with "
        "the amount, call {hotline}; complaints {complaint_hotline}"
    )
    + _SUPERVISOR
    + "[not_me: . If you are somebody else, reply {not_me}]"
    + _END,
    Template.OVERDUE_CALL: (  # after who answers has said that it is they: `calls.py`
        "Your loan is {days} days past due, {amount} is overdue today. Is paying difficult at the "
        "moment? We can agree with you on how to repay. " + _ASK + "." + _COLLECTOR
    ),
    Template.CREDIT_REPORT_WARNING: _HELLO
    + _OWED
    + (
        ". From {report_on} on we report this to the credit bureau; we tell you beforehand. If you "
        "disagree with what is owed, call {hotline}; complaints {complaint_hotline}"
    )
    + _SUPERVISOR
    + ". To pay: {pay_at}"
    + _END,
    Template.VISIT_INVITATION: _HELLO
    + _OWED
    + (
        ". If you wish to agree on repayment in person, you may apply in the app for a visit; once "
        "it is approved we fix a time with you. You need not: you can agree with us by phone or in "
        "the app as well. "
    )
    + _ASK
    + _END,
    Template.VISIT_APPOINTMENT: _HELLO
    + (
        "we propose to visit you on {slot} to agree on repayment. Visitors: {crew}, visit code "
        "{visit_code}. Confirm, change or decline in the app: nobody comes unless you confirm. "
        "Without your consent nobody enters your home or films; sound is recorded "
        "throughout. To check the visitors {hotline}, complaints {complaint_hotline}"
    )
    + _END,
    Template.VISIT_REMINDER: _HELLO
    + (
        "{crew} will visit as agreed on {slot}, visit code {visit_code}. Check badge and code, or "
        "call {hotline} to check; change or cancel in the app. Complaints {complaint_hotline}"
    )
    + _END,
    Template.VISIT_CALLED_OFF: _HELLO
    + (
        "the visit planned for {slot} is cancelled; you need not wait. Should anyone come then in "
        "our name, pay nothing, give no personal details and call {hotline} to check. "
        "Complaints {complaint_hotline}"
    )
    + _END,
    Template.HOW_TO_PAY: _HELLO
    + (
        "your repayment agreement is signed and in force. The first part, {part_amount}, is due by "
        "{part_due}, that day included. To pay: {pay_at}. If anything is difficult, call "
        "{hotline}; complaints {complaint_hotline}"
    )
    + _END,
    Template.VISIT_CLOSING: _HELLO
    + (
        "the visit is closed. The next part, {part_amount}, is due by {part_due}, that day "
        "included; after it {part_rest} remains. "
    )
    + _ASK
    + _END,
    Template.PART_REMINDER: _HELLO
    + (
        "the next part of your plan, {part_amount}, is due by {part_due}, that day included. "
        "To pay: {pay_at}. "
    )
    + _ASK
    + _END,
    Template.PAYMENT_HELP: _HELLO
    + (
        "a part of your plan, {part_amount}, "
        "[part_overdue: was due by {part_due} and we have not yet received it]"
        "[in_grace: . Please pay by {grace_until}, that day included, so that the agreement does "
        "not end]"
        "[part_overdue: . If you have paid, ignore this]"
        "[not part_overdue: is due by {part_due}, that day included]"
        ". To pay: {pay_at}. If anything is difficult, call {hotline}; "
        "complaints {complaint_hotline}"
    )
    + _END,
    Template.PLAN_BROKEN: _HELLO
    + (
        "a part was still unpaid after its period of grace, so your repayment agreement has ended"
        "[waiver_lost:  and what it waived is owed again]. Your loan is {days} days past due, "
        "{amount} is overdue. To pay: {pay_at}. If paying is difficult, or you disagree, call "
        "{hotline}; complaints {complaint_hotline}"
    )
    + _SUPERVISOR
    + _END,
    Template.PLAN_GOES_ON: _HELLO
    + (
        "your part was paid in time after all: your repayment plan goes on. The next part, "
        "{part_amount}, is due by {part_due}, that day included. To pay: {pay_at}. "
    )
    + _ASK
    + _END,
    Template.LEGAL_NOTICE: _HELLO
    + _OWED
    + (
        ". It goes to our legal department for review. During the review you can still pay: "
        "{pay_at}, or talk to us: {hotline}. Complaints {complaint_hotline}"
    )
    + _SUPERVISOR
    + _END,
    Template.PAID_NOTICE: _HELLO
    + (
        "while your loan was overdue we received {received_amount} in all (until {received_on}); "
        "nothing is overdue any more. Thank you. Earlier reminders and appointments are cancelled. "
    )
    + _ASK
    + _END,
    Template.SETTLED_NOTICE: _HELLO
    + (
        "while your loan was overdue we received {received_amount} in all (until {received_on}); "
        "your loan is fully repaid. Thank you. Earlier reminders and appointments are cancelled. "
    )
    + _ASK
    + _END,
    Template.PLAN_COMPLETED_NOTICE: _HELLO
    + (
        "under your repayment plan we received {received_amount} in all (until {received_on}); "
        "the plan is completed. Thank you. "
    )
    + _ASK
    + _END,
    Template.LOCATE_MESSAGE: (
        "{lender}: Hello, we have a business matter for {name}. If you can, please ask {name} to "
        "call {hotline}. If you cannot, or want no more such messages, "
        "[not_me: reply {not_me}][not not_me: call {hotline}] and we do not contact you again."
    ),
    Template.LOCATE_CALL: (
        "Hello, this is {lender}; this call is recorded. We have a business matter for {name}. "
        "Could you ask {name} to call {hotline}? If you cannot, or want no more such calls, tell "
        "us now and we do not contact you again."
    ),
    Template.FIRST_MESSAGE: (
        "{lender}: Hello, there is a notice for you. Please see the app, or call {hotline}. If "
        "this is not meant for you, [not_me: reply {not_me}][not not_me: call {hotline}], and we "
        "send nothing more to this number.[stop:  Reply {stop} to get no more messages.]"
    ),
    Template.AGREEMENT_TO_SIGN: _HELLO
    + (
        "your repayment agreement is ready. You can read and sign it in the app before {sign_by}. "
        "Nothing is agreed unless you sign, and whether you do is up to you. "
    )
    + _ASK
    + _END,
    Template.AGREEMENT_EXPIRES: _HELLO
    + (
        "your repayment agreement is not signed yet, and cannot be signed from {sign_by} on. If "
        "you still wish to repay by it, read and sign it in the app; if it needs to change, talk "
        "to us. "
    )
    + _ASK
    + _END,
    Template.VISIT_NOT_GRANTED: _HELLO
    + (
        "the visit you applied for could not be arranged, and nobody comes. You can still agree "
        "on repayment with us by phone or in the app. "
    )
    + _ASK
    + _END,
    Template.VISIT_NOT_MADE: _HELLO
    + (
        "we have no record of the visit planned for {slot}. If nobody came, we are sorry; you need "
        "not wait any more. If somebody came in our name, call {hotline} to check. Complaints "
        "{complaint_hotline}"
    )
    + _END,
    Template.PLAN_UNCHANGED: _HELLO
    + (
        "the change of your repayment plan was not agreed on: the plan you signed goes on. The "
        "next part, {part_amount}, is due by {part_due}, that day included. To pay: {pay_at}. "
    )
    + _ASK
    + _END,
    Template.PLAN_WITHDRAWN: _HELLO
    + (
        "your repayment plan does not go on. What you have paid stays paid. Before you pay again, "
        "call {hotline} to hear why, and whom to pay from now on and how. Complaints "
        "{complaint_hotline}"
    )
    + _END,
}
