"""The agreement a borrower signs: one text with every amount and date, and its fingerprint."""

import hashlib
from collections.abc import Mapping

from pydantic import BaseModel

from domain.money import format_money
from domain.plan import Plan

_ZH = """还款协议

协议编号：{agreement_id}
贷款编号：{loan_id}
债权人：{lender}
借款人：{name}

截至{as_of}，逾期应还{arrears}，减免{waiver}，协议应还总额{total}。
{replaces}借款人同意按以下日期与金额还款：

{schedule}

尚未到期的各期还款，顺延至本协议履行完毕之后。
按协议履行期间，我们不再催收。
签署本协议即承认上述债务，诉讼时效自签署之日起重新计算。
请在{expires}前签署；逾期未签，本协议失效。
咨询{hotline}，投诉{complaint_hotline}。
"""

_EN = """Repayment agreement

Agreement: {agreement_id}
Loan: {loan_id}
Creditor: {lender}
Borrower: {name}

As of {as_of} {arrears} is overdue, {waiver} is waived; under this agreement {total} is to be paid.
{replaces}The borrower agrees to pay on these days:

{schedule}

Instalments that are not yet due are put off until this agreement is fulfilled.
While it is fulfilled, there is no collection.
To sign is to acknowledge the debt above; the limitation period starts again on that day.
To be signed before {expires}; afterwards this agreement is void.
Questions {hotline}, complaints {complaint_hotline}.
"""

# After the arrears, where there is any.
_PENALTY = {"zh": "及罚息{amount}", "en": " and {amount} of penalty interest"}
# A line after the total, where there is one before.
_REPLACES = {
    "zh": "本协议自签署之日起取代协议{agreement_id}；签署前该协议继续有效。\n",
    "en": "Once signed it replaces the agreement {agreement_id}, which is in force until then.\n",
}
_PART = {"zh": "第{number}期　{due_on}　{amount}", "en": "Part {number}  {due_on}  {amount}"}


class Document(BaseModel):
    """The exact text that is offered and signed."""

    text: str
    sha256: str


def draft_document(
    plan: Plan, currency: str, language: str, people_and_places: Mapping[str, str]
) -> Document:
    """The agreement for a plan. The fingerprint is of the text's UTF-8 bytes."""
    schedule = "\n".join(
        _PART[language].format(
            number=part.number,
            due_on=part.due_on,
            amount=format_money(part.amount_minor, currency),
        )
        for part in plan.parts
    )
    text = (_ZH if language == "zh" else _EN).format(
        **people_and_places,
        as_of=plan.as_of,
        arrears=format_money(plan.arrears_minor, currency) + _penalty(plan, currency, language),
        waiver=format_money(plan.waiver_minor, currency),
        total=format_money(plan.total_minor, currency),
        schedule=schedule,
        replaces=_replaces(plan, language),
    )
    return Document(text=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def _replaces(plan: Plan, language: str) -> str:
    if plan.before is None:
        return ""
    return _REPLACES[language].format(agreement_id=plan.before.agreement_id)


def _penalty(plan: Plan, currency: str, language: str) -> str:
    if not plan.penalty_minor:
        return ""
    return _PENALTY[language].format(amount=format_money(plan.penalty_minor, currency))
