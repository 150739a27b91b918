"""What the borrower reads and hears, by template. Chinese and English, nothing else in them.

No threat, no fee, no claim to be an authority: a message says what is owed, what being overdue
leads to, how to pay, and where to ask or complain. Each template declares its parameters, as the
registration of a template with a provider asks for; a template whose text and declaration differ
stops the process at start.
"""

from collections.abc import Mapping
from string import Formatter

_ZH = {
    "overdue_notice": (
        "【{lender}】{name}您好，您的借款已逾期{days}天，应还{amount}。逾期会产生罚息并可能影响征信。"
        "还款方式：{pay_at}。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    "overdue_call": (
        "您好，这里是{lender}。请问是{name}本人吗？您的借款已逾期{days}天，应还{amount}。"
        "如有困难请告诉我们，本次通话会录音。咨询{hotline}。"
    ),
    "credit_report_warning": (
        "【{lender}】{name}您好，您的借款已逾期{days}天，应还{amount}。我们将依法向征信系统报送逾期信息，"
        "报送前特此告知；如有异议请致电{hotline}。还款方式：{pay_at}。"
    ),
    "visit_invitation": (
        "【{lender}】{name}您好，您的借款已逾期{days}天，应还{amount}。如需当面协商还款，您可在App申请上门服务，"
        "我们经审批后与您约定时间。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    "visit_appointment": (
        "【{lender}】{name}您好，拟于{slot}上门协商还款，工作人员：{crew}，到访码{visit_code}。"
        "请在App确认或改期。核实身份或投诉：{hotline}、{complaint_hotline}。未经您同意不会进入住所。"
    ),
    "visit_reminder": (
        "【{lender}】{name}您好，提醒您：{slot}工作人员{crew}将按约到访，到访码{visit_code}。"
        "请核对工牌与到访码，可致电{hotline}核实；投诉{complaint_hotline}。"
    ),
    "visit_called_off": (
        "【{lender}】{name}您好，原定{slot}的上门已取消，您无需等候。届时如有人到访，请致电{hotline}核实；"
        "投诉{complaint_hotline}。"
    ),
    "how_to_pay": (
        "【{lender}】{name}您好，协议已签署。首期{part_amount}，最晚{part_due}。还款方式：{pay_at}。"
        "操作有困难请致电{hotline}，我们协助您完成。"
    ),
    "visit_closing": (
        "【{lender}】{name}您好，本次上门服务已结束。下一期{part_amount}，最晚{part_due}；"
        "其后尚余{part_rest}。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    "part_reminder": (
        "【{lender}】{name}您好，您的还款计划下一期{part_amount}将于{part_due}到期。"
        "还款方式：{pay_at}。咨询{hotline}。"
    ),
    "payment_help": (
        "【{lender}】{name}您好，协议款{part_amount}（最晚{part_due}）我们尚未收到。还款方式：{pay_at}。"
        "如已支付请忽略；如有困难请致电{hotline}，我们协助您完成。"
    ),
    "plan_broken": (
        "【{lender}】{name}您好，因未按期还款，您的还款计划已终止。您的借款已逾期{days}天，应还{amount}。"
        "还款方式：{pay_at}。如有困难请致电{hotline}，投诉{complaint_hotline}。"
    ),
    "legal_notice": (
        "【{lender}】{name}您好，您的借款已逾期{days}天，应还{amount}。我们将把案件转交法务部门审查；"
        "在此之前您仍可还款：{pay_at}，或致电{hotline}协商。投诉{complaint_hotline}。"
    ),
    "paid_notice": (
        "【{lender}】{name}您好，截至{received_on}共收到您的还款{received_amount}，逾期已结清，谢谢。"
        "此前的提醒与预约均已取消。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    "settled_notice": (
        "【{lender}】{name}您好，截至{received_on}共收到您的还款{received_amount}，借款已全部结清，谢谢。"
        "此前的提醒与预约均已取消。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    "plan_completed_notice": (
        "【{lender}】{name}您好，截至{received_on}共收到您的还款{received_amount}，还款计划已全部完成，谢谢。"
        "咨询{hotline}，投诉{complaint_hotline}。"
    ),
    "locate_message": (
        "【{lender}】您好，我们有事需联系{name}，烦请转告其致电{hotline}。如不愿再收到此类信息，请致电{hotline}告知。"
    ),
    "locate_call": (
        "您好，这里是{lender}。我们有事需联系{name}，烦请转告其致电{hotline}。"
        "如您不愿再接到来电，请直接告诉我们。本次通话会录音。"
    ),
}

_EN = {
    "overdue_notice": (
        "{lender}: Dear {name}, your loan is {days} days past due, {amount} is owed. Being overdue "
        "costs penalty interest and may affect your credit report. To pay: {pay_at}. "
        "Questions {hotline}, complaints {complaint_hotline}."
    ),
    "overdue_call": (
        "Hello, this is {lender}. Am I speaking to {name}? Your loan is {days} days past due, "
        "{amount} is owed. If paying is difficult, tell us. This call is recorded. "
        "Questions {hotline}."
    ),
    "credit_report_warning": (
        "{lender}: Dear {name}, your loan is {days} days past due, {amount} is owed. We tell you "
        "before we report this to the credit bureau. If you disagree, call {hotline}. "
        "To pay: {pay_at}."
    ),
    "visit_invitation": (
        "{lender}: Dear {name}, your loan is {days} days past due, {amount} is owed. You may apply "
        "in the app for a visit to agree on repayment; we fix a time with you once it is approved. "
        "Questions {hotline}, complaints {complaint_hotline}."
    ),
    "visit_appointment": (
        "{lender}: Dear {name}, we propose to visit you on {slot} to agree on repayment. Crew: "
        "{crew}, visit code {visit_code}. Please confirm or change in the app. To check the "
        "visitors or complain: {hotline}, {complaint_hotline}. Nobody enters without your consent."
    ),
    "visit_reminder": (
        "{lender}: Dear {name}, a reminder: {crew} will visit as agreed on {slot}, visit code "
        "{visit_code}. Check badge and code, or call {hotline}; complaints {complaint_hotline}."
    ),
    "visit_called_off": (
        "{lender}: Dear {name}, the visit planned for {slot} will not take place; you need not "
        "wait. Should anyone come then, call {hotline} to check. Complaints {complaint_hotline}."
    ),
    "how_to_pay": (
        "{lender}: Dear {name}, the agreement is signed. The first part, {part_amount}, is due by "
        "{part_due}. To pay: {pay_at}. If anything is difficult, call {hotline}: we help you."
    ),
    "visit_closing": (
        "{lender}: Dear {name}, the visit is closed. The next part, {part_amount}, is due by "
        "{part_due}; after it {part_rest} remains. Questions {hotline}, "
        "complaints {complaint_hotline}."
    ),
    "part_reminder": (
        "{lender}: Dear {name}, the next part of your plan, {part_amount}, is due on {part_due}. "
        "To pay: {pay_at}. Questions {hotline}."
    ),
    "payment_help": (
        "{lender}: Dear {name}, we have not yet received {part_amount} of your plan, due by "
        "{part_due}. To pay: {pay_at}. If you have paid, ignore this. If anything is difficult, "
        "call {hotline}: we help you."
    ),
    "plan_broken": (
        "{lender}: Dear {name}, a part was not paid in time, so your repayment plan has ended. "
        "Your loan is {days} days past due, {amount} is owed. To pay: {pay_at}. If paying is "
        "difficult, call {hotline}. Complaints {complaint_hotline}."
    ),
    "legal_notice": (
        "{lender}: Dear {name}, your loan is {days} days past due, {amount} is owed. We are about "
        "to pass the case to our legal department. You can still pay: {pay_at}, or talk to us: "
        "{hotline}. Complaints {complaint_hotline}."
    ),
    "paid_notice": (
        "{lender}: Dear {name}, as of {received_on} we have received {received_amount} in all, and "
        "nothing is overdue. Thank you. Earlier reminders and appointments are cancelled. "
        "Questions {hotline}, complaints {complaint_hotline}."
    ),
    "settled_notice": (
        "{lender}: Dear {name}, as of {received_on} we have received {received_amount} in all, and "
        "your loan is fully repaid. Thank you. Earlier reminders and appointments are cancelled. "
        "Questions {hotline}, complaints {complaint_hotline}."
    ),
    "plan_completed_notice": (
        "{lender}: Dear {name}, as of {received_on} we have received {received_amount} in all, and "
        "your repayment plan is completed. Thank you. Questions {hotline}, "
        "complaints {complaint_hotline}."
    ),
    "locate_message": (
        "{lender}: Hello, we are trying to reach {name}. Please ask {name} to call {hotline}. "
        "If you want no more messages, call {hotline}."
    ),
    "locate_call": (
        "Hello, this is {lender}. We are trying to reach {name}. Could you ask {name} to call "
        "{hotline}? If you want no more calls, tell us now. This call is recorded."
    ),
}

TEMPLATES: Mapping[str, Mapping[str, str]] = {"zh": _ZH, "en": _EN}

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

NEEDS: Mapping[str, frozenset[str]] = {
    "overdue_notice": _DEBT | {"pay_at", "complaint_hotline"},
    "overdue_call": _DEBT,
    "credit_report_warning": _DEBT | {"pay_at"},
    "visit_invitation": _DEBT | {"complaint_hotline"},
    "visit_appointment": _VISIT,
    "visit_reminder": _VISIT,
    "visit_called_off": _WHO | {"slot", "complaint_hotline"},
    "how_to_pay": _PART | {"pay_at"},
    "visit_closing": _PART | {"part_rest", "complaint_hotline"},
    "part_reminder": _PART | {"pay_at"},
    "payment_help": _PART | {"pay_at"},
    "plan_broken": _DEBT | {"pay_at", "complaint_hotline"},
    "legal_notice": _DEBT | {"pay_at", "complaint_hotline"},
    "paid_notice": _PAID,
    "settled_notice": _PAID,
    "plan_completed_notice": _PAID,
    "locate_message": _WHO,
    "locate_call": _WHO,
}

# What a step of the ladder may say, by channel: whatever else there is speaks of a visit, a plan
# or an end that there may not be.
LADDER: Mapping[str, frozenset[str]] = {
    "sms": frozenset({"overdue_notice", "credit_report_warning", "locate_message"}),
    "call": frozenset({"overdue_call", "locate_call"}),
}

# For a contact person: nothing in them tells that there is a debt (CN-07).
WITHOUT_DEBT_DETAILS = frozenset(name for name in NEEDS if name.startswith("locate_"))


class TemplateError(Exception):
    """The templates contradict their declarations: a mistake in this product."""


def check_templates(
    templates: Mapping[str, Mapping[str, str]], needs: Mapping[str, frozenset[str]]
) -> None:
    """See that every template of every language uses exactly the parameters it declares.

    Raises:
        TemplateError: naming language, template and what differs.
    """
    for language, texts in templates.items():
        if texts.keys() != needs.keys():
            raise TemplateError(
                f"{language}: other templates: {sorted(texts.keys() ^ needs.keys())}"
            )
        for template, text in texts.items():
            used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            if used != needs[template] or not used <= PARAMETERS.keys():
                differing = sorted(used ^ needs[template]) or sorted(used - PARAMETERS.keys())
                raise TemplateError(f"{language}: {template}: used or declared: {differing}")


check_templates(TEMPLATES, NEEDS)


def render(template: str, language: str, values: Mapping[str, str]) -> str:
    """The text of a template.

    Raises:
        KeyError: for an unknown template, or a missing value: the visit or the part that the
            message speaks of is over by now.
    """
    return TEMPLATES[language][template].format_map(values)
