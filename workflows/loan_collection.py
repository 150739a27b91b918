"""One overdue loan, one durable workflow.

The process, stage by stage, is the table below; each stage is a function in a file of its own
that answers with the stage that follows. What may happen at any moment (payments, holds,
complaints, promises, the end) is taken in by the intake and interrupts the stage.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.case.events.answer import answer_to
    from domain.case.facts import Outcome
    from domain.case.state import CaseState, Stage
    from domain.case.visit_standing import reason_to_leave
    from domain.events import TOO_LARGE, UNNAMED, is_too_large
    from temporal.converter import read_untyped
    from temporal.names import CASE_STATE, DELIVER, LOAN_COLLECTION, STATUS
    from workflows.desk.case_desk import CaseDesk
    from workflows.desk.inbox import Inbox, IncomingEvent
    from workflows.desk.intake import Intake
    from workflows.desk.signals import declare_signals
    from workflows.desk.status import status
    from workflows.desk.stops import (
        CaseOverError,
        FreshRunNeededError,
        OnHoldError,
        PlanKeptError,
        VisitInDoubtError,
    )
    from workflows.interruptions.case_end import end_case
    from workflows.interruptions.hold import wait_out_hold
    from workflows.interruptions.visit_doubts import settle_doubts
    from workflows.routines.contact_attempt import settle_open_contacts
    from workflows.routines.plan_ends import take_up_again, tell_plan_broken, tell_plan_goes_on
    from workflows.routines.visit_ends import tell_called_off
    from workflows.routines.words import tell_untold
    from workflows.stages.agreement import sign_agreement
    from workflows.stages.application import invite_to_apply
    from workflows.stages.appointment import arrange_appointment
    from workflows.stages.approval import ask_for_approval
    from workflows.stages.closing_visit import close_visit
    from workflows.stages.early_contact import contact_early
    from workflows.stages.guided_repayment import guide_first_payment
    from workflows.stages.legal_review import review_legally
    from workflows.stages.plan import settle_plan
    from workflows.stages.preparation import prepare_visit
    from workflows.stages.repayment import follow_repayment
    from workflows.stages.visit import visit_borrower

PROCESS: dict[Stage, Callable[[CaseDesk], Awaitable[Stage]]] = {
    Stage.EARLY_CONTACT: contact_early,
    Stage.APPLICATION: invite_to_apply,
    Stage.APPROVAL: ask_for_approval,
    Stage.APPOINTMENT: arrange_appointment,
    Stage.PREPARATION: prepare_visit,
    Stage.VISIT: visit_borrower,
    Stage.PLAN: settle_plan,
    Stage.AGREEMENT: sign_agreement,
    Stage.GUIDED_REPAYMENT: guide_first_payment,
    Stage.CLOSING_VISIT: close_visit,
    Stage.REPAYMENT: follow_repayment,
    Stage.LEGAL_REVIEW: review_legally,
}


CANCELLATION = "workflow_cancellation"  # as it is on record
Worked = TypeVar("Worked")


class CaseEnded(BaseModel):
    """The result of a workflow: how its case ended."""

    loan_id: str
    case_id: str
    outcome: Outcome


@workflow.defn(name=LOAN_COLLECTION)
@declare_signals
class LoanCollection:
    """Collects one overdue loan, from the first reminder to its end."""

    @workflow.init
    def __init__(self, case: CaseState) -> None:
        self._case = case
        self._inbox = Inbox()
        self._desk = CaseDesk(case, self._inbox)
        self._intake = Intake(self._desk, self._inbox)

    @workflow.run
    async def run(self, case: CaseState) -> CaseEnded:
        """Follow the process to an end, in as many runs as a short history needs."""
        await self._whatever_is_cancelled(asyncio.ensure_future(self._desk.take_up()))
        # Not a task group: an evicted run could not be collected while it waits for its tasks.
        work = asyncio.gather(self._follow_to_the_end(), self._intake.work())
        outcome, _ = await self._whatever_is_cancelled(work)
        if outcome is None:
            workflow.continue_as_new(self._case)
        return CaseEnded(loan_id=case.loan_id, case_id=case.case_id, outcome=outcome)

    async def _whatever_is_cancelled(self, work: asyncio.Future[Worked]) -> Worked:
        """A cancellation is refused, on record, and the work goes on.

        Who cancels ends a run, and not a case with its crew, its borrower and its agreement:
        `case_closed` does. A run that leaves a worker's memory was not cancelled, or its work was.
        """
        while True:
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                if work.done() or workflow.cancellation_reason() is None:
                    raise
                self._inbox.receive(_refused_cancellation())

    async def _follow_to_the_end(self) -> Outcome | None:
        outcome = await self._follow_process()
        self._inbox.close()
        return outcome

    async def _follow_process(self) -> Outcome | None:
        """From stage to stage; None when the next stage begins in a fresh run."""
        desk = self._desk
        await settle_open_contacts(desk)
        while True:
            try:
                if desk.situation.is_on_hold and not desk.is_over:
                    await wait_out_hold(desk)
                if desk.is_over and (outcome := await end_case(desk)) is not None:
                    return outcome
                if desk.plan_was_kept:
                    await desk.enter(await take_up_again(desk))
                if desk.visit_is_in_doubt:
                    await desk.enter(await settle_doubts(desk))
                await tell_called_off(desk)
                await tell_plan_broken(desk)
                await tell_plan_goes_on(desk)
                await tell_untold(desk)
                await desk.enter(await PROCESS[desk.case.stage](desk))
            except (CaseOverError, OnHoldError, PlanKeptError, VisitInDoubtError):
                continue
            except FreshRunNeededError:
                return None

    def take_in(self, name: str, bodies: Sequence[object]) -> IncomingEvent:
        """Take in an event of any name and any shape; it is judged, and never lost."""
        incoming = IncomingEvent(name, _one_body(bodies))
        self._inbox.receive(incoming)
        return incoming

    @workflow.signal(dynamic=True, description="Any other name: refused, and on record.")
    def take_in_unknown(self, name: str, bodies: Sequence[RawValue]) -> None:
        """What the table of events does not know: the intake refuses it, as all that is wrong."""
        self.take_in(name, [read_untyped(body.payload) for body in bodies])

    @workflow.update(
        name=DELIVER,
        description='An event, {"name": …, …}, as its signal takes it; answers what became of it.',
    )
    async def deliver(self, *bodies: object) -> dict[str, Any]:
        """Take in an event and answer what became of it; a crew at the door waits for that."""
        event = _one_body(bodies)
        name = event.get("name") if isinstance(event, dict) else None
        incoming = self.take_in(name if isinstance(name, str) else UNNAMED, bodies)
        await workflow.wait_condition(lambda: incoming.verdict is not None)
        return answer_to(
            incoming.name,
            incoming.event,
            incoming.verdict,
            self._case.stage.value,
            self._desk.policy.visit.entry_rule,
            reason_to_leave(self._desk.situation),
        )

    @deliver.validator
    def refuse_too_large(self, *bodies: object) -> None:
        """What no event needs comes into no history: its caller hears so at once."""
        if is_too_large(list(bodies)):
            raise ApplicationError(f"LC-CONTRACT: {TOO_LARGE}")

    @workflow.update(dynamic=True, description=f"Refused: the only update is {DELIVER}.")
    async def refuse_update(self, update: str, bodies: Sequence[RawValue]) -> None:
        """Tell the caller of another update which one there is."""
        raise ApplicationError(f"the only update is {DELIVER}")

    @workflow.query(
        name=STATUS, description="Where the loan stands, what it waits for, and what comes next."
    )
    def status(self) -> dict[str, Any]:
        """Where the loan stands, what it waits for, what comes next, and what was not done."""
        desk = self._desk
        return status(desk.case, desk.next_action, desk.situation if desk.is_ready else None)

    @workflow.query(
        name=CASE_STATE, description="All that this run carries on, to compare with the record."
    )
    def case_state(self) -> CaseState:
        """The state as it is; ids, dates and amounts, no person."""
        return self._case


def _refused_cancellation() -> IncomingEvent:
    return IncomingEvent(
        CANCELLATION,
        {
            "event_id": f"{CANCELLATION}:{workflow.info().run_id}",
            "source": "temporal",
            "reason": workflow.cancellation_reason(),
        },
        refusal="LC-CANCEL: a cancellation ends no case: send case_closed, as withdrawn for one",
    )


def _one_body(bodies: Sequence[object]) -> object:
    """The one body of an event; several are kept together, and refused together."""
    return bodies[0] if len(bodies) == 1 else list(bodies) or None
