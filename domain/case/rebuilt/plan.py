"""The plan in force and the one under negotiation, from proposals, documents and answers."""

import re
from datetime import date

from domain.case.notices import NoticeKind
from domain.case.plan_care import key_of_end
from domain.case.rebuilt.record import CaseRecord, RecordedAgreement, RecordedEvent, RecordedPlan
from domain.case.state import Answer, PlanState, Stage, VisitState
from domain.events import (
    AgreementSigned,
    PaymentReversed,
    PlanApproved,
    PlanRejected,
    RenegotiationRequested,
    VisitReported,
)
from domain.plan.plan import Plan
from domain.plan.status import AgreementStatus

_AT_THE_TABLE = (Stage.VISIT, Stage.PLAN, Stage.AGREEMENT)
_NOT_SAID_OF_PARTS = re.compile(r"closing|withdrawn|broken(-again-\d+)?")


def plan_in_force(record: CaseRecord, guesses: list[str]) -> PlanState | None:
    """The plan whose agreement is signed, or was until the case's end has completed it."""
    signed = [each for each in record.agreements if _is_in_force(record, each)]
    return _as_signed(record, signed[-1], guesses) if signed else None


def _is_in_force(record: CaseRecord, agreement: RecordedAgreement) -> bool:
    if agreement.status is not AgreementStatus.COMPLETED or record.end is None:
        return agreement.status is AgreementStatus.SIGNED
    return agreement.ended_at == record.end.closed_at


def plan_that_was_broken(record: CaseRecord, guesses: list[str]) -> PlanState | None:
    """The last one that was broken, as it was, until another is agreed on at a visit."""
    broken = [each for each in record.agreements if each.status is AgreementStatus.BROKEN]
    if not broken or (ended_at := broken[-1].ended_at) is None or broken[-1].missed_at is None:
        return None
    agreed = [each for each in record.named(VisitReported.name) if each.body["outcome"] == "agreed"]
    if any(each.judged_at >= ended_at for each in agreed):
        return None
    return _as_signed(record, broken[-1], guesses)


def _as_signed(record: CaseRecord, agreement: RecordedAgreement, guesses: list[str]) -> PlanState:
    plan = _plan_of(record, agreement, guesses)
    signing = _signing(record, agreement)
    _note_answers(record, plan)
    _note_documents(record, plan)
    plan.signature, plan.in_force = Answer.YES, True
    plan.reinstated = agreement.reinstated
    plan.signed_at = agreement.signed_at if signing is None else signing.judged_at
    reversals = _since(record, PaymentReversed.name, signing)
    plan.reversed_at = reversals[-1].judged_at if reversals else None
    _note_what_was_said(record, plan)
    return plan


def plan_at_the_table(record: CaseRecord, visit: VisitState | None) -> PlanState | None:
    """The plan of the visit's last report, while it is negotiated and nothing is signed."""
    if record.stage not in _AT_THE_TABLE or visit is None or visit.outcome != "agreed":
        return None
    return _last_open(record, [*_proposed_by(record, VisitReported.name)])


def plan_that_replaces(record: CaseRecord, in_force: PlanState | None) -> PlanState | None:
    """The plan that was asked for since the one in force was signed, and is not given up."""
    if in_force is None:
        return None
    [signed] = [each for each in record.agreements if each.agreement_id == in_force.agreement_id]
    requests = _since(record, RenegotiationRequested.name, _signing(record, signed))
    asked = {event.event_id for event in requests}
    return _last_open(record, [each for each in record.plans if each.event_id in asked])


def count_renegotiations(record: CaseRecord) -> tuple[int, int]:
    """Plans that were replaced, and requests since then."""
    replaced = sum(each.status is AgreementStatus.SUPERSEDED for each in record.agreements)
    replacing = [each for each in record.agreements if each.supersedes and each.signed_at]
    last = _signing(record, replacing[-1]) if replacing else None
    return replaced, len(_since(record, RenegotiationRequested.name, last))


def broken_and_not_told(record: CaseRecord) -> str | None:
    """The plan of which the borrower is still to be told that it has ended."""
    broken = [each for each in record.agreements if each.status is AgreementStatus.BROKEN]
    if not broken or record.is_done(key_of_end(broken[-1].plan_id, broken[-1].reinstated)):
        return None
    return broken[-1].plan_id


def _proposed_by(record: CaseRecord, name: str) -> list[RecordedPlan]:
    events = {event.event_id for event in record.named(name)}
    return [each for each in record.plans if each.event_id in events]


def _last_open(record: CaseRecord, proposed: list[RecordedPlan]) -> PlanState | None:
    if not proposed or proposed[-1].given_up_at is not None:
        return None
    plan = proposed[-1].proposed.model_copy(deep=True)
    if record.notices_below(f"{plan.plan_id}:not-agreed", NoticeKind.RENEGOTIATION_ENDED):
        return None
    _note_answers(record, plan)
    _note_documents(record, plan)
    _note_what_was_said(record, plan)
    return plan


def _plan_of(record: CaseRecord, agreement: RecordedAgreement, guesses: list[str]) -> PlanState:
    for each in record.plans:
        if each.proposed.plan_id == agreement.plan_id:
            return each.proposed.model_copy(deep=True)
    guesses.append("plan: of an earlier release; who negotiated it and what it replaces")
    return PlanState(
        plan_id=agreement.plan_id,
        plan=Plan(
            as_of=date.fromisoformat(agreement.as_of),
            arrears_minor=agreement.total_minor + agreement.waiver_minor - agreement.penalty_minor,
            waiver_minor=agreement.waiver_minor,
            penalty_minor=agreement.penalty_minor,
            parts=agreement.parts,
        ),
        proposed_at=agreement.counted_from,
        payments_seen=agreement.counted_after,
        visit_id=agreement.visit_id,
    )


def _note_answers(record: CaseRecord, plan: PlanState) -> None:
    for event in record.named(PlanApproved.name, PlanRejected.name):
        if event.body["plan_id"] == plan.plan_id:
            plan.approval = Answer.YES if event.name == PlanApproved.name else Answer.NO
            plan.approver_id = event.body["approver_id"]


def _note_documents(record: CaseRecord, plan: PlanState) -> None:
    offered = [each for each in record.agreements if each.plan_id == plan.plan_id]
    plan.offers = len(offered)
    if not offered:
        return
    last = offered[-1]
    plan.expires_at, plan.grace_days = last.expires_at, last.grace_days
    if last.status is not AgreementStatus.EXPIRED:  # another is drawn up, or none
        plan.agreement_id, plan.document_sha256 = last.agreement_id, last.document_sha256
    if last.status is AgreementStatus.DECLINED:
        plan.signature = Answer.NO


def _note_what_was_said(record: CaseRecord, plan: PlanState) -> None:
    prefix = f"{plan.plan_id}:"
    messages = [
        (contact.at, name)
        for name, contact in record.done_below(prefix)
        if not _NOT_SAID_OF_PARTS.fullmatch(name)
    ]
    notices = [
        (notice.at, name)
        for name, notice in record.notices_below(prefix, NoticeKind.FIRST_PAYMENT_HELP)
    ]
    plan.said = list(dict.fromkeys(name for _, name in sorted([*messages, *notices])))
    if messages:
        last = max(at for at, _ in messages)
        plan.said_on = record.day_of(last)


def _signing(record: CaseRecord, agreement: RecordedAgreement) -> RecordedEvent | None:
    """The event by which a document was signed."""
    for event in record.named(AgreementSigned.name):
        if event.body["agreement_id"] == agreement.agreement_id:
            return event
    return None


def _since(record: CaseRecord, name: str, event: RecordedEvent | None) -> list[RecordedEvent]:
    after = 0 if event is None else event.sequence
    return [each for each in record.named(name) if each.sequence > after]
