"""What the borrower reads and hears, by template. Chinese and English, nothing else in them.

No threat, no fee, no claim to be an authority: a message says what is owed, what being overdue
leads to, how to pay, and where to ask or complain. A text that differs from what its template
declares, or that is missing in a language, stops the process at start.
"""

from collections.abc import Mapping
from string import Formatter

from domain.messages.fitting import fit, shorter_names
from domain.messages.segments import sms_segments
from domain.messages.templates import LADDER, NEEDS, PARAMETERS, Template

MOST_SEGMENTS = 4  # of a message: providers bill each

_ZH: Mapping[Template, str] = {
    Template.OVERDUE_NOTICE: (
        "【{lender}】{name}您好，您的借款已逾期{days}天，应还{amount}。逾期会产生罚息并可能影响征信。"
        "还款方式：{pay_at}。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    Template.OVERDUE_CALL: (  # after who answers has said that it is they: `calls.py`
        "您的借款已逾期{days}天，当前逾期应还{amount}。您目前还款有困难吗？我们可以和您商量还款安排。"
        "咨询{hotline}，投诉{complaint_hotline}。"
    ),
    Template.CREDIT_REPORT_WARNING: (
        "【{lender}】{name}您好，您的借款已逾期{days}天，应还{amount}。我们将依法向征信系统报送逾期信息，"
        "报送前特此告知；如有异议请致电{hotline}。还款方式：{pay_at}。"
    ),
    Template.VISIT_INVITATION: (
        "【{lender}】{name}您好，您的借款已逾期{days}天，应还{amount}。如需当面协商还款，您可在App申请上门服务，"
        "我们经审批后与您约定时间。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    Template.VISIT_APPOINTMENT: (
        "【{lender}】{name}您好，拟于{slot}上门协商还款，工作人员：{crew}，到访码{visit_code}。"
        "请在App确认或改期。核实身份或投诉：{hotline}、{complaint_hotline}。未经您同意不会进入住所。"
    ),
    Template.VISIT_REMINDER: (
        "【{lender}】{name}您好，提醒您：{slot}工作人员{crew}将按约到访，到访码{visit_code}。"
        "请核对工牌与到访码，可致电{hotline}核实；投诉{complaint_hotline}。"
    ),
    Template.VISIT_CALLED_OFF: (
        "【{lender}】{name}您好，原定{slot}的上门已取消，您无需等候。届时如有人到访，请致电{hotline}核实；"
        "投诉{complaint_hotline}。"
    ),
    Template.HOW_TO_PAY: (
        "【{lender}】{name}您好，协议已签署。首期{part_amount}，最晚{part_due}。还款方式：{pay_at}。"
        "操作有困难请致电{hotline}，我们协助您完成。"
    ),
    Template.VISIT_CLOSING: (
        "【{lender}】{name}您好，本次上门服务已结束。下一期{part_amount}，最晚{part_due}；"
        "其后尚余{part_rest}。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    Template.PART_REMINDER: (
        "【{lender}】{name}您好，您的还款计划下一期{part_amount}将于{part_due}到期。"
        "还款方式：{pay_at}。咨询{hotline}。"
    ),
    Template.PAYMENT_HELP: (
        "【{lender}】{name}您好，协议款{part_amount}（最晚{part_due}）我们尚未收到。还款方式：{pay_at}。"
        "如已支付请忽略；如有困难请致电{hotline}，我们协助您完成。"
    ),
    Template.PLAN_BROKEN: (
        "【{lender}】{name}您好，因未按期还款，您的还款计划已终止。您的借款已逾期{days}天，应还{amount}。"
        "还款方式：{pay_at}。如有困难请致电{hotline}，投诉{complaint_hotline}。"
    ),
    Template.PLAN_GOES_ON: (
        "【{lender}】{name}您好，我们已核实您按期支付了协议款，您的还款计划继续有效。下一期{part_amount}，"
        "最晚{part_due}。还款方式：{pay_at}。咨询{hotline}。"
    ),
    Template.LEGAL_NOTICE: (
        "【{lender}】{name}您好，您的借款已逾期{days}天，应还{amount}。我们将把案件转交法务部门审查；"
        "在此之前您仍可还款：{pay_at}，或致电{hotline}协商。投诉{complaint_hotline}。"
    ),
    Template.PAID_NOTICE: (
        "【{lender}】{name}您好，截至{received_on}共收到您的还款{received_amount}，逾期已结清，谢谢。"
        "此前的提醒与预约均已取消。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    Template.SETTLED_NOTICE: (
        "【{lender}】{name}您好，截至{received_on}共收到您的还款{received_amount}，借款已全部结清，谢谢。"
        "此前的提醒与预约均已取消。咨询{hotline}，投诉{complaint_hotline}。"
    ),
    Template.PLAN_COMPLETED_NOTICE: (
        "【{lender}】{name}您好，截至{received_on}共收到您的还款{received_amount}，还款计划已全部完成，谢谢。"
        "咨询{hotline}，投诉{complaint_hotline}。"
    ),
    Template.LOCATE_MESSAGE: (
        "【{lender}】您好，我们有事需联系{name}，烦请转告其致电{hotline}。如不愿再收到此类信息，请致电{hotline}告知。"
    ),
    Template.LOCATE_CALL: (
        "您好，这里是{lender}。我们有事需联系{name}，烦请转告其致电{hotline}。"
        "如您不愿再接到来电，请直接告诉我们。本次通话会录音。"
    ),
    Template.FIRST_MESSAGE: (
        "【{lender}】您好，您有一项业务通知，请登录App查看，或致电{hotline}。如非本人，请回复N，"
        "我们将停止向此号码发送。"
    ),
}

_EN: Mapping[Template, str] = {
    Template.OVERDUE_NOTICE: (
        "{lender}: Dear {name}, your loan is {days} days past due, {amount} is owed. Being overdue "
        "costs penalty interest and may affect your credit report. To pay: {pay_at}. "
        "Questions {hotline}, complaints {complaint_hotline}."
    ),
    Template.OVERDUE_CALL: (
        "Your loan is {days} days past due, and {amount} of it is overdue. Is paying difficult at "
        "the moment? We can talk about how to pay. Questions {hotline}, "
        "complaints {complaint_hotline}."
    ),
    Template.CREDIT_REPORT_WARNING: (
        "{lender}: Dear {name}, your loan is {days} days past due, {amount} is owed. We tell you "
        "before we report this to the credit bureau. If you disagree, call {hotline}. "
        "To pay: {pay_at}."
    ),
    Template.VISIT_INVITATION: (
        "{lender}: Dear {name}, your loan is {days} days past due, {amount} is owed. You may apply "
        "in the app for a visit to agree on repayment; we fix a time with you once it is approved. "
        "Questions {hotline}, complaints {complaint_hotline}."
    ),
    Template.VISIT_APPOINTMENT: (
        "{lender}: Dear {name}, we propose to visit you on {slot} to agree on repayment. Crew: "
        "{crew}, visit code {visit_code}. Please confirm or change in the app. To check the "
        "visitors or complain: {hotline}, {complaint_hotline}. Nobody enters without your consent."
    ),
    Template.VISIT_REMINDER: (
        "{lender}: Dear {name}, a reminder: {crew} will visit as agreed on {slot}, visit code "
        "{visit_code}. Check badge and code, or call {hotline}; complaints {complaint_hotline}."
    ),
    Template.VISIT_CALLED_OFF: (
        "{lender}: Dear {name}, the visit planned for {slot} will not take place; you need not "
        "wait. Should anyone come then, call {hotline} to check. Complaints {complaint_hotline}."
    ),
    Template.HOW_TO_PAY: (
        "{lender}: Dear {name}, the agreement is signed. The first part, {part_amount}, is due by "
        "{part_due}. To pay: {pay_at}. If anything is difficult, call {hotline}: we help you."
    ),
    Template.VISIT_CLOSING: (
        "{lender}: Dear {name}, the visit is closed. The next part, {part_amount}, is due by "
        "{part_due}; after it {part_rest} remains. Questions {hotline}, "
        "complaints {complaint_hotline}."
    ),
    Template.PART_REMINDER: (
        "{lender}: Dear {name}, the next part of your plan, {part_amount}, is due on {part_due}. "
        "To pay: {pay_at}. Questions {hotline}."
    ),
    Template.PAYMENT_HELP: (
        "{lender}: Dear {name}, we have not yet received {part_amount} of your plan, due by "
        "{part_due}. To pay: {pay_at}. If you have paid, ignore this. If anything is difficult, "
        "call {hotline}: we help you."
    ),
    Template.PLAN_BROKEN: (
        "{lender}: Dear {name}, a part was not paid in time, so your repayment plan has ended. "
        "Your loan is {days} days past due, {amount} is owed. To pay: {pay_at}. If paying is "
        "difficult, call {hotline}. Complaints {complaint_hotline}."
    ),
    Template.PLAN_GOES_ON: (
        "{lender}: Dear {name}, your part was paid in time after all: your repayment plan goes on. "
        "The next part, {part_amount}, is due by {part_due}. To pay: {pay_at}. "
        "Questions {hotline}."
    ),
    Template.LEGAL_NOTICE: (
        "{lender}: Dear {name}, your loan is {days} days past due, {amount} is owed. We are about "
        "to pass the case to our legal department. You can still pay: {pay_at}, or talk to us: "
        "{hotline}. Complaints {complaint_hotline}."
    ),
    Template.PAID_NOTICE: (
        "{lender}: Dear {name}, as of {received_on} we have received {received_amount} in all, and "
        "nothing is overdue. Thank you. Earlier reminders and appointments are cancelled. "
        "Questions {hotline}, complaints {complaint_hotline}."
    ),
    Template.SETTLED_NOTICE: (
        "{lender}: Dear {name}, as of {received_on} we have received {received_amount} in all, and "
        "your loan is fully repaid. Thank you. Earlier reminders and appointments are cancelled. "
        "Questions {hotline}, complaints {complaint_hotline}."
    ),
    Template.PLAN_COMPLETED_NOTICE: (
        "{lender}: Dear {name}, as of {received_on} we have received {received_amount} in all, and "
        "your repayment plan is completed. Thank you. Questions {hotline}, "
        "complaints {complaint_hotline}."
    ),
    Template.LOCATE_MESSAGE: (
        "{lender}: Hello, we are trying to reach {name}. Please ask {name} to call {hotline}. "
        "If you want no more messages, call {hotline}."
    ),
    Template.LOCATE_CALL: (
        "Hello, this is {lender}. We are trying to reach {name}. Could you ask {name} to call "
        "{hotline}? If you want no more calls, tell us now. This call is recorded."
    ),
    Template.FIRST_MESSAGE: (
        "{lender}: Hello, there is a notice for you. Please see the app, or call {hotline}. If "
        "this is not meant for you, reply N, and we send nothing more to this number."
    ),
}

TEXTS: Mapping[str, Mapping[Template, str]] = {"zh": _ZH, "en": _EN}


class TemplateError(Exception):
    """The templates contradict their declarations: a mistake in this product."""


def check_templates(
    texts: Mapping[str, Mapping[Template, str]], needs: Mapping[Template, frozenset[str]]
) -> None:
    """See that every template of every language uses exactly the parameters it declares.

    Raises:
        TemplateError: naming language, template and what differs.
    """
    for language, spoken in texts.items():
        if spoken.keys() != needs.keys():
            raise TemplateError(
                f"{language}: other templates: {sorted(spoken.keys() ^ needs.keys())}"
            )
        for template, text in spoken.items():
            used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            if used != needs[template] or not used <= PARAMETERS.keys():
                differing = sorted(used ^ needs[template]) or sorted(used - PARAMETERS.keys())
                raise TemplateError(f"{language}: {template}: used or declared: {differing}")


check_templates(TEXTS, {template: NEEDS[template] for template in Template})


def render(template: Template, language: str, values: Mapping[str, str]) -> str:
    """The text of a template; a value that does not fit its declaration is cut.

    A message takes four segments at most: a name that makes it longer gives way.

    Raises:
        KeyError: for a missing value: the visit or the part that the message speaks of is over
            by now.
    """
    words = TEXTS[language][template]
    fitting = {parameter: fit(parameter, value) for parameter, value in values.items()}
    text = words.format_map(fitting)
    if template in LADDER["call"] or sms_segments(text) <= MOST_SEGMENTS:
        return text
    for name in shorter_names(fitting["name"], language):
        text = words.format_map(fitting | {"name": name})
        if sms_segments(text) <= MOST_SEGMENTS:
            break
    return text


def values_of(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """What a registered template is filled with: its parameters, cut to their declarations.

    Raises:
        KeyError: as `render`.
    """
    return {name: fit(name, values[name]) for name in sorted(NEEDS[template])}
