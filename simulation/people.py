"""How people react: to an action of the process, some time later, an event or a report.

What somebody does is drawn when they are asked, by what they are asked; whether it still fits is
judged when it comes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain import events
from domain.case.notices import NoticeKind
from domain.case.state import CaseState
from domain.contact.facts import PastAttempt
from domain.messages.templates import Template
from simulation.process.desk import Action, Desk
from simulation.process.intake import finish_call, take_in
from simulation.process.visits import CREW_SENT
from simulation.world.behaviours import Kind, Reactions
from simulation.world.chance import Chance

TOLD_OF_DEBT = (
    Template.OVERDUE_NOTICE,
    Template.CREDIT_REPORT_WARNING,
    Template.FIRST_MESSAGE,
    Template.LEGAL_NOTICE,
    Template.PLAN_BROKEN,
)
WELL_OFF = events.Capacity(monthly_income_minor=10**10, monthly_expense_minor=0)
CALL_ENDS_AFTER = timedelta(minutes=3)

Happening = Callable[[Desk], None]


class Later(NamedTuple):
    """Something that happens at a moment, if the case is still open then."""

    at: datetime
    happens: Happening


class People:
    """Everybody around one loan: the borrower, approvers, the crew."""

    def __init__(self, kind: Kind, chance: Chance, schedule: Callable[[Later], None]) -> None:
        self._kind, self._chance, self._schedule = kind, chance, schedule

    def react(self, action: Action, attempt: PastAttempt | None) -> Iterator[Later]:
        """What an action leads to."""
        if action.kind == "call" and attempt is not None:
            yield from self._answer_call(action, attempt)
        elif action.kind == "sms" and action.about in TOLD_OF_DEBT:
            yield from self._reaction(action, self._kind.after_message)
        elif action.about == Template.VISIT_APPOINTMENT:
            yield from self._answer_proposal(action)
        elif action.about == Template.HOW_TO_PAY or action.kind == "notice":
            yield from self._answer_notice(action)
        elif action.kind == "visit" and action.about == CREW_SENT:
            yield from self._open_door(action)

    def _answer_call(self, action: Action, attempt: PastAttempt) -> Iterator[Later]:
        likely = dict(self._kind.calls)
        outcome = self._chance.one_of(likely, action.key) or "no_answer"
        ended = action.at + CALL_ENDS_AFTER
        yield Later(ended, lambda desk: finish_call(desk, attempt, outcome))
        if outcome == "connected" and action.about != Template.LOCATE_CALL:
            yield from self._reaction(action, self._kind.after_call)

    def _reaction(self, action: Action, reactions: Reactions) -> Iterator[Later]:
        name = self._chance.one_of(reactions.by_name, "reacts", action.key)
        soon = action.at + CALL_ENDS_AFTER + timedelta(minutes=1)
        paid_at = action.at + self._chance.within(self._kind.pays_within_days, action.key)
        match name:
            case "pays":
                yield Later(paid_at, lambda desk: self.pay(desk, 100, action.key))
            case "pays_part":
                percent = self._chance.between(self._kind.part_percent, "part", action.key)
                yield Later(paid_at, lambda desk: self.pay(desk, percent, action.key))
            case "promises":
                yield from self._promise(action, soon)
            case "hardship" | "disputes":
                yield Later(soon, lambda desk: self._hold(desk, name, action.key))
            case "wants_no_calls":
                yield Later(soon, lambda desk: self._block_calls(desk, action.key))
            case _:
                pass

    def _promise(self, action: Action, soon: datetime) -> Iterator[Later]:
        days = self._chance.between(self._kind.promise_days, "promise", action.key)
        due_at = soon + timedelta(days=days)
        keeps = self._chance.happens(self._kind.keeps_promise, "keeps", action.key)

        def promise(desk: Desk) -> None:
            if desk.facts.arrears_minor:
                body = {"amount_minor": desk.facts.arrears_minor, "due_on": str(due_at.date())}
                said(desk, events.PromiseMade, action.key, **body)

        yield Later(soon, promise)
        if keeps:
            yield Later(due_at, lambda desk: self.pay(desk, 100, action.key))

    def pay(self, desk: Desk, percent: int, key: str) -> None:
        """A share of what is overdue, or of the next part of a plan."""
        amount = desk.facts.arrears_minor * percent // 100
        if amount:
            said(desk, events.PaymentReceived, key, payment_id=f"{key}:paid", amount_minor=amount)

    def _hold(self, desk: Desk, name: str, key: str) -> None:
        days = self._chance.between(self._kind.hold_days, "hold", key)
        reason = "dispute" if name == "disputes" else "hardship"
        until = (desk.now + timedelta(days=days)).isoformat()
        said(desk, events.HoldPlaced, key, hold_id=f"{key}:hold", reason=reason, until=until)

    def _block_calls(self, desk: Desk, key: str) -> None:
        said(desk, events.ContactPreferencesChanged, key, blocked_channels=["call"])

    # Visits and plans

    def _answer_notice(self, action: Action) -> Iterator[Later]:
        visits, chance = self._kind.visits, self._chance
        later = action.at + chance.within((0, 2), action.key)
        match action.about:
            case NoticeKind.VISIT_POSSIBLE:
                if chance.happens(visits.applied_for, action.key, "applies"):
                    yield Later(later, lambda desk: _apply(desk, action.key))
            case NoticeKind.VISIT_APPROVAL_WANTED:
                if action.key.endswith("-1"):  # the first time they are asked
                    approves = chance.happens(visits.approved, action.key, "approves")
                    yield Later(later, lambda desk: _decide(desk, action.key, approves=approves))
            case "agreement_offered":
                if chance.happens(visits.signs, action.key, "signs"):
                    yield Later(action.at + timedelta(hours=3), lambda desk: _sign(desk, action))
            case Template.HOW_TO_PAY:
                yield Later(action.at, lambda desk: self.pay_parts(desk, action))
            case _:
                pass

    def _answer_proposal(self, action: Action) -> Iterator[Later]:
        if self._chance.happens(self._kind.visits.confirms, action.key, "confirms"):
            at = action.at + timedelta(minutes=self._chance.between((30, 1440), action.key, "at"))
            yield Later(at, lambda desk: _confirm(desk, action.key))

    def _open_door(self, action: Action) -> Iterator[Later]:
        opens = self._chance.happens(self._kind.visits.opens, action.key, "opens")
        agrees = opens and self._chance.happens(self._kind.visits.agrees, action.key, "agrees")
        outcome = "agreed" if agrees else "refused" if opens else "not_present"
        yield Later(action.at, lambda desk: self._visit(desk, action.key, outcome))

    def _visit(self, desk: Desk, key: str, outcome: str) -> None:
        """Checked in at the time that was told, and reported an hour later."""
        visit = desk.case.visit
        if visit is None or visit.slot is None:
            return
        if outcome != "not_present":
            self._schedule(Later(visit.slot.start, lambda desk: _check_in(desk, key)))
        report_at = visit.slot.start + timedelta(hours=1)
        self._schedule(Later(report_at, lambda desk: self._report(desk, key, outcome)))

    def _report(self, desk: Desk, key: str, outcome: str) -> None:
        if desk.case.visit is None:
            return
        first_due = desk.today + timedelta(days=5)
        body: dict[str, Any] = {"visit_id": desk.case.visit.visit_id, "outcome": outcome}
        if outcome == "agreed":
            body["capacity"] = WELL_OFF
            body["proposal"] = {
                "instalments": self._kind.visits.instalments,
                "first_due_on": str(first_due),
            }
        said(desk, events.VisitReported, f"{key}:report", **body)

    def pay_parts(self, desk: Desk, action: Action) -> None:
        """Each part on its day, as long as the plan is kept."""
        plan = desk.case.plan
        for part in plan.plan.parts if plan is not None else ():
            if not self._chance.happens(self._kind.visits.keeps_part, action.key, part.number):
                return
            days = (part.due_on - desk.today).days
            at = desk.now + timedelta(days=max(days, 0), minutes=5)
            self._schedule(Later(at, _part_payment(action.key, part.number, part.amount_minor)))


def said(desk: Desk, kind: type[events.Event], key: str, **body: object) -> bool:
    """Tell the case of an event that happens now."""
    event = kind.model_validate(
        {
            "event_id": f"{kind.name}:{key}"[-120:],
            "occurred_at": desk.now.isoformat(),
            "source": "simulation",
            **body,
        }
    )
    return take_in(desk, event)


def _apply(desk: Desk, key: str) -> None:
    body = {"applicant": "collector", "applicant_id": "collector-1"}
    for address_id in desk.facts.address_ids[:1]:
        said(desk, events.VisitRequested, key, address_id=address_id, **body)


def _decide(desk: Desk, key: str, *, approves: bool) -> None:
    visit, case = desk.case.visit, desk.case
    if visit is not None and key.startswith(visit.visit_id) and not _is_decided(case):
        kind = events.VisitApproved if approves else events.VisitRejected
        said(desk, kind, key, visit_id=visit.visit_id, approver_id="approver-1")


def _is_decided(case: CaseState) -> bool:
    return case.visit is not None and case.visit.approval is not None


def _confirm(desk: Desk, key: str) -> None:
    visit = desk.case.visit
    if visit is not None and visit.slot is not None and key.endswith(visit.slot.slot_id):
        said(desk, events.AppointmentConfirmed, key, slot_id=visit.slot.slot_id)


def _check_in(desk: Desk, key: str) -> None:
    visit = desk.case.visit
    if visit is None or visit.slot is None:
        return
    said(
        desk,
        events.VisitCheckedIn,
        key,
        visit_id=visit.visit_id,
        badge_ids=visit.slot.badge_ids,
        identity_verified=True,
        entry_consent=True,
        recording_id="none",
    )


def _sign(desk: Desk, action: Action) -> None:
    plan = desk.case.plan
    if plan is not None and plan.agreement_id == action.key:
        said(
            desk,
            events.AgreementSigned,
            action.key,
            agreement_id=plan.agreement_id,
            document_sha256=plan.document_sha256,
            signatories=[desk.person.borrower_id],
        )


def _part_payment(key: str, number: int, amount_minor: int) -> Happening:
    def pay(desk: Desk) -> None:
        if desk.person.plan_total_minor is not None:
            payment_id = f"{key}:part-{number}"
            said(
                desk,
                events.PaymentReceived,
                payment_id,
                payment_id=payment_id,
                amount_minor=amount_minor,
            )

    return pay
