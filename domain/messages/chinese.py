"""What the borrower reads and hears in Chinese, by template."""

from collections.abc import Mapping

from domain.messages.templates import Template

_HELLO = "【{lender}】{name}您好，"
_OWED = "您的借款已逾期{days}天，逾期应还{amount}"
_ASK = "咨询{hotline}，投诉{complaint_hotline}"
_SUPERVISOR = "[supervisor: ，{supervisor_name}投诉热线{supervisor_hotline}]"
_COLLECTOR = "[collector: 我们是债务催收方，联系您是为收取欠款，所获信息将用于该目的。]"
_END = "。[stop: 退订请回复{stop}。]" + _COLLECTOR

CHINESE: Mapping[Template, str] = {
    Template.OVERDUE_NOTICE: _HELLO
    + (
        "您的借款已逾期{days}天，当前逾期应还{amount}。"
        "[penalty: 逾期期间按合同约定计收罚息，年利率{penalty_rate}%。]还款方式：{pay_at}。"
        "如有困难或对金额有异议，请致电{hotline}；投诉请拨{complaint_hotline}"
    )
    + _SUPERVISOR
    + "[not_me: 。非本人请回复{not_me}]"
    + _END,
    Template.OVERDUE_CALL: (  # after who answers has said that it is they: `calls.py`
        "您的借款已逾期{days}天，当前逾期应还{amount}。您目前还款有困难吗？"
        "我们可以和您商量还款安排。" + _ASK + "。" + _COLLECTOR
    ),
    Template.CREDIT_REPORT_WARNING: _HELLO
    + _OWED
    + (
        "。我们将于{report_on}起依法向征信系统报送该笔逾期信息，特此提前告知。"
        "对欠款信息有异议的，请致电{hotline}；投诉{complaint_hotline}"
    )
    + _SUPERVISOR
    + "。还款方式：{pay_at}"
    + _END,
    Template.VISIT_INVITATION: _HELLO
    + _OWED
    + (
        "。如您希望当面协商还款，可在App自愿提交上门协商申请，审核通过后我们与您约定时间；"
        "不申请不影响您通过电话或App协商。"
    )
    + _ASK
    + _END,
    Template.VISIT_APPOINTMENT: _HELLO
    + (
        "我们拟于{slot}上门与您协商还款，来访人员：{crew}，到访码{visit_code}。"
        "请在App确认、改期或拒绝，未经确认不会上门；未经您同意不进入住所、不拍摄，全程录音。"
        "核实来访人员{hotline}，投诉{complaint_hotline}"
    )
    + _END,
    Template.VISIT_REMINDER: _HELLO
    + (
        "{crew}将于{slot}按约上门，到访码{visit_code}。请核对工牌和到访码，也可致电{hotline}核实；"
        "如需改期或取消请在App办理。投诉{complaint_hotline}"
    )
    + _END,
    Template.VISIT_CALLED_OFF: _HELLO
    + (
        "原定{slot}的上门协商已取消，您无需等候。如届时有人以我们的名义到访，"
        "请勿付款或提供个人信息，并致电{hotline}核实。投诉{complaint_hotline}"
    )
    + _END,
    Template.HOW_TO_PAY: _HELLO
    + (
        "您的还款协议已签署生效。首期应还{part_amount}，请于{part_due}（含）前还款。"
        "还款方式：{pay_at}。操作有困难请致电{hotline}，投诉{complaint_hotline}"
    )
    + _END,
    Template.VISIT_CLOSING: _HELLO
    + (
        "本次上门协商已结束。您的下一期{part_amount}请于{part_due}（含）前支付，"
        "此后剩余{part_rest}。"
    )
    + _ASK
    + _END,
    Template.PART_REMINDER: _HELLO
    + "您的还款计划下一期{part_amount}请于{part_due}（含）前还款。还款方式：{pay_at}。"
    + _ASK
    + _END,
    Template.PAYMENT_HELP: _HELLO
    + (
        "您还款计划本期应还{part_amount}"
        "[part_overdue: 已于{part_due}到期，截至目前我们尚未收到]"
        "[in_grace: ，请于{grace_until}（含）前还款，以免协议终止]"
        "[part_overdue: 。如已支付请忽略]"
        "[not part_overdue: ，请于{part_due}（含）前还款]"
        "。还款方式：{pay_at}。有困难请致电{hotline}，投诉{complaint_hotline}"
    )
    + _END,
    Template.PLAN_BROKEN: _HELLO
    + (
        "因本期款项在宽限期后仍未还清，您的还款协议已终止"
        "[waiver_lost: ，协议中的减免不再适用]。当前逾期{days}天，逾期应还{amount}。"
        "还款方式：{pay_at}。如有困难或异议请致电{hotline}，投诉{complaint_hotline}"
    )
    + _SUPERVISOR
    + _END,
    Template.PLAN_GOES_ON: _HELLO
    + (
        "我们已核实您按期支付了协议款，您的还款计划继续有效。下一期{part_amount}"
        "请于{part_due}（含）前还款。还款方式：{pay_at}。"
    )
    + _ASK
    + _END,
    Template.LEGAL_NOTICE: _HELLO
    + _OWED
    + "，将转入法务审查。审查期间您仍可还款（{pay_at}）或致电{hotline}协商。投诉{complaint_hotline}"
    + _SUPERVISOR
    + _END,
    Template.PAID_NOTICE: _HELLO
    + (
        "本次逾期期间我们共收到您的还款{received_amount}（截至{received_on}），逾期款项已结清，"
        "感谢您的配合。此前的还款提醒和上门预约均已取消。"
    )
    + _ASK
    + _END,
    Template.SETTLED_NOTICE: _HELLO
    + (
        "本次逾期期间我们共收到您的还款{received_amount}（截至{received_on}），借款已全部结清，"
        "感谢您的配合。此前的还款提醒和上门预约均已取消。"
    )
    + _ASK
    + _END,
    Template.PLAN_COMPLETED_NOTICE: _HELLO
    + (
        "按还款计划我们共收到您的还款{received_amount}（截至{received_on}），"
        "还款计划已全部完成，感谢您的配合。"
    )
    + _ASK
    + _END,
    Template.LOCATE_MESSAGE: (
        "【{lender}】您好，我们有业务事项需与{name}联系，如您方便，烦请转告其致电{hotline}。"
        "如不便转告或不愿再收到此类信息，请[not_me: 回复{not_me}][not not_me: 致电{hotline}]，"
        "我们将不再联系您。"
    ),
    Template.LOCATE_CALL: (
        "您好，这里是{lender}，本次通话将录音。我们有业务事项需与{name}联系，如您方便，"
        "烦请转告其致电{hotline}。如不便转告或不愿再接到来电，请直接告诉我们，我们将不再联系您。"
    ),
    Template.FIRST_MESSAGE: (
        "【{lender}】您好，您有一项业务通知，请登录App查看，或致电{hotline}。"
        "如非本人，请[not_me: 回复{not_me}][not not_me: 致电{hotline}告知]，"
        "我们将停止向此号码发送。[stop: 退订请回复{stop}。]"
    ),
    Template.AGREEMENT_TO_SIGN: _HELLO
    + (
        "您的还款协议已拟好，可于{sign_by}前在App阅读并签署。"
        "签署前协议不生效，是否签署由您自愿决定。"
    )
    + _ASK
    + _END,
    Template.AGREEMENT_EXPIRES: _HELLO
    + (
        "您的还款协议尚未签署，{sign_by}起不可再签署。如仍希望按协议还款，请在App阅读并签署；"
        "如需调整请与我们协商。"
    )
    + _ASK
    + _END,
    Template.VISIT_NOT_GRANTED: _HELLO
    + "您申请的上门协商未能安排，不会有人上门。您仍可通过电话或App与我们协商还款。"
    + _ASK
    + _END,
    Template.VISIT_NOT_MADE: _HELLO
    + (
        "原定{slot}的上门协商，我们没有到访记录。如无人到访，我们深表歉意，您无需再等候；"
        "如有人以我们的名义到访，请致电{hotline}核实。投诉{complaint_hotline}"
    )
    + _END,
    Template.PLAN_UNCHANGED: _HELLO
    + (
        "您申请的还款计划变更未达成，原还款计划继续有效。下一期{part_amount}"
        "请于{part_due}（含）前还款。还款方式：{pay_at}。"
    )
    + _ASK
    + _END,
    Template.PLAN_WITHDRAWN: _HELLO
    + (
        "您的还款计划不再继续，已还款项仍然有效。下次还款前，"
        "请致电{hotline}了解原因以及今后向谁、如何还款。投诉{complaint_hotline}"
    )
    + _END,
}
