"""What the borrower is still to be told of what has ended, from the record."""

from datetime import datetime

from domain.case.notices import NoticeKind
from domain.case.rebuilt.record import CaseRecord, RecordedVisit
from domain.case.state import Stage, Word
from domain.case.words import UNGRANTED, not_granted, not_made, unchanged
from domain.events import ApprovalWithdrawn, VisitReported, VisitRequested
from domain.plan.status import AgreementStatus
from domain.visit.status import VisitStatus


def untold(record: CaseRecord) -> list[Word]:
    """Each word that was not said yet; what was said of anything else since has overtaken it."""
    found = [_of_visit(record), _of_renegotiation(record)]
    return [
        word
        for word, ended_at in (each for each in found if each is not None)
        if not record.is_done(word.key) and not _is_overtaken(record, word, ended_at)
    ]


def _of_visit(record: CaseRecord) -> tuple[Word, datetime] | None:
    visit = record.visits[-1] if record.visits else None
    if visit is None or visit.ended_at is None:
        return None
    word = None
    is_ungranted = visit.status in UNGRANTED and record.stage is not Stage.APPROVAL
    if is_ungranted or _is_withdrawn_unheard(record, visit):
        word = not_granted(visit.visit_id) if _is_borrowers(record, visit) else None
    elif visit.status is VisitStatus.MISSED and not _is_reported(record, visit):
        booked = [each for each in record.appointments if each.visit_id == visit.visit_id]
        last = max(booked, key=lambda each: each.number, default=None)
        word = not_made(visit.visit_id, None if last is None else last.slot)
    return None if word is None else (word, visit.ended_at)


def _is_withdrawn_unheard(record: CaseRecord, visit: RecordedVisit) -> bool:
    """Its approval was withdrawn, and no appointment that the borrower knew of was called off."""
    named = record.named(ApprovalWithdrawn.name)
    withdrawn = [each for each in named if each.body["visit_id"] == visit.visit_id]
    if visit.status is not VisitStatus.CALLED_OFF or not withdrawn:
        return False
    return not any(
        each.visit_id == visit.visit_id
        and each.borrower_to_tell
        and each.given_up_at is not None
        and each.given_up_at >= withdrawn[-1].judged_at
        for each in record.appointments
    )


def _of_renegotiation(record: CaseRecord) -> tuple[Word, datetime] | None:
    ended = record.notices_below("", NoticeKind.RENEGOTIATION_ENDED)
    goes_on = any(each.status is AgreementStatus.SIGNED for each in record.agreements)
    if not ended or not goes_on:
        return None
    key, notice = ended[-1]
    return unchanged(key.removesuffix(":not-agreed")), notice.at


def _is_borrowers(record: CaseRecord, visit: RecordedVisit) -> bool:
    applications = record.named(VisitRequested.name)
    number = record.visits.index(visit)
    return number < len(applications) and applications[number].body["applicant"] == "borrower"


def _is_reported(record: CaseRecord, visit: RecordedVisit) -> bool:
    reports = record.named(VisitReported.name)
    return any(each.body["visit_id"] == visit.visit_id for each in reports)


def _is_overtaken(record: CaseRecord, word: Word, ended_at: datetime) -> bool:
    """Also in a case of an earlier release, which said nothing and went on."""
    own = {id(each) for each in record.tries(word.key)}
    return any(each.at > ended_at and id(each) not in own for each in record.contacts)
