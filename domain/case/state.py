"""The state of one case: what the workflow carries from run to run. Ids and dates, no person.

New fields always get a default: a run that started before they existed must still load.
"""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.case.facts import Outcome
from domain.clock import BusinessClock
from domain.contact.intent import Intent
from domain.events import Capacity, Proposal
from domain.messages.templates import Template
from domain.plan.plan import Plan
from domain.visit.status import VisitStatus

# What a run carries along, so that its state stays small; the record knows all of both.
REMEMBERED_EVENTS = 500
REMEMBERED_REFUSALS = 10
LONG_HISTORY_EVENTS = 400


class Stage(StrEnum):
    """Where a case stands; the order is the order of the process."""

    EARLY_CONTACT = "early_contact"
    APPLICATION = "application"
    APPROVAL = "approval"
    APPOINTMENT = "appointment"
    PREPARATION = "preparation"
    VISIT = "visit"
    PLAN = "plan"
    AGREEMENT = "agreement"
    GUIDED_REPAYMENT = "guided_repayment"
    CLOSING_VISIT = "closing_visit"
    REPAYMENT = "repayment"
    LEGAL_REVIEW = "legal_review"
    ENDED = "ended"


CREW_IS_OUT = (Stage.APPOINTMENT, Stage.PREPARATION, Stage.VISIT)  # or about to be


class Answer(StrEnum):
    """What somebody we waited for has said."""

    YES = "yes"
    NO = "no"


class Slot(BaseModel):
    """A crew's time for one visit."""

    slot_id: str
    start: AwareDatetime
    end: AwareDatetime
    badge_ids: list[str]


class VisitState(BaseModel):
    """One visit, from the application on."""

    visit_id: str
    address_id: str
    applicant_id: str
    asked_at: AwareDatetime | None = None  # of the approvers; earlier decisions are of another
    approval: Answer | None = None
    approver_id: str | None = None
    approval_expires_at: AwareDatetime | None = None
    approved_arrears_minor: int | None = None
    approvals_voided: int = 0
    called_off_as: VisitStatus | None = None  # the status it ends with, once it was withdrawn
    called_off_because: str = ""
    rounds: int = 0
    slot: Slot | None = None
    notice_sent: bool = False
    told_at: AwareDatetime | None = None  # of the slot, in a case that was taken up again
    appointment: Answer | None = None
    preferred_times: list[AwareDatetime] = []
    declined_times: list[AwareDatetime] = []
    withdrawn: bool = False  # the appointment, by the lender
    withdrawals: int = 0  # rounds that do not count
    prepared: bool = False
    checked_in: bool = False
    identity_verified: bool = False
    badges_on_site: list[str] = []
    negotiations: int = 0
    outcome: str | None = None
    proposal: Proposal | None = None
    capacity: Capacity | None = None


class PlanState(BaseModel):
    """The plan under negotiation or in force."""

    plan_id: str
    plan: Plan
    proposed_at: AwareDatetime | None = None  # the first of those that replaced one another
    asked_at: AwareDatetime | None = None  # of one that is to replace another
    payments_seen: int | None = None  # the last one that was not in its debt any more
    approval: Answer | None = None
    approver_id: str | None = None
    agreement_id: str | None = None
    document_sha256: str | None = None
    expires_at: AwareDatetime | None = None  # as the document says; no hold moves it on
    offers: int = 0  # documents drawn up of this plan
    signature: Answer | None = None
    in_force: bool = False
    signed_at: AwareDatetime | None = None
    visit_id: str | None = None  # where it was agreed on
    negotiator_ids: list[str] = []  # who may not decide on its waiver
    said: list[str] = []  # reminders and notices of its parts, by name
    said_on: date | None = None  # the day of the last message
    reversed_at: AwareDatetime | None = None  # the last reversal while it was in force
    grace_days: int | None = None  # as its document says; None: as the policy does
    reinstated: int = 0  # times it was broken, and a payment made in time was found


class Word(BaseModel):
    """Something that the borrower is still to be told, by its key within the case."""

    key: str
    template: Template
    slot_start: AwareDatetime | None = None  # of the appointment that it speaks of


class Refusal(BaseModel):
    """Something that was not done, or not accepted, and why."""

    what: str
    at: AwareDatetime
    rule_id: str
    reason: str


class KeptMoments(BaseModel):
    """Moments of a case that follow from no event and no other row: the record keeps them so."""

    stage_ends_at: AwareDatetime | None = None
    held_since: AwareDatetime | None = None
    cooling_until: AwareDatetime | None = None
    last_visit_ended_at: AwareDatetime | None = None
    last_released_at: AwareDatetime | None = None


class EndState(BaseModel):
    """How and when a case was closed, and what the borrower has heard of it."""

    outcome: Outcome
    closed_at: AwareDatetime
    day: date  # the borrower's own, by which its closing notice is named
    is_told: bool = False
    called_off: Slot | None = None  # what the borrower was to wait for, and the notice calls off

    @property
    def notice_key(self) -> str:
        """What its closing notice is called within the case."""
        return f"closing:{self.outcome}:{self.day}"


class CaseState(BaseModel):
    """One delinquency of one loan. An alias is the name a field has in histories."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    loan_id: str
    case_id: str
    clock: BusinessClock = BusinessClock()
    # Of one run: it is continued as new at the next boundary once its history is longer.
    long_history_events: int = LONG_HISTORY_EVENTS
    number: int = Field(default=0, alias="place")  # among all cases: its own moments within a day
    stage: Stage = Stage.EARLY_CONTACT
    stage_ends_at: AwareDatetime | None = None  # at the latest; moved on by holds
    waiting_for: str = ""  # an event by its name, or what the stage does meanwhile
    reminders: int = 0  # sent in this stage
    last_step: str | None = None  # of the ladder, with the date it was counted from
    applications: int = 0  # visits applied for, whatever became of them
    cooling_until: AwareDatetime | None = None
    last_visit_ended_at: AwareDatetime | None = None
    called_off_slot: Slot | None = None  # the borrower is still to be told of it
    untold: list[Word] = []  # what has ended, and the borrower has not heard of
    visits: int = 0  # visits made
    visit: VisitState | None = None
    plans: int = 0
    plan: PlanState | None = None  # under negotiation or in force
    next_plan: PlanState | None = None  # under negotiation, while `plan` is in force
    renegotiations: int = 0  # plans replaced by another
    renegotiation_requests: int = 0  # since then
    broken_plans: int = 0
    broken_plan_id: str | None = None  # the borrower is still to be told that it has ended
    # The last one that was broken, until another is agreed on: a payment made in time keeps it.
    broken_plan: PlanState | None = None
    held_since: AwareDatetime | None = None  # the stage's deadline stands still since then
    last_released_at: AwareDatetime | None = None
    # In legal review: whether its days past due have led there. A run of before does not say.
    reviewed_for_its_age: bool | None = None
    reviewed_since: date | None = None  # by which what is said in the review is named
    closed_as: Outcome | None = None
    remembered_events: list[str] = []
    refusals: list[Refusal] = []
    # Of a case that was taken up again from its record: when that was, until when its ladder was
    # surely followed (of any other: when it was to begin), contacts of which nobody has written
    # down what came, its end, and when the approvers were to be reminded next.
    taken_up_again_at: AwareDatetime | None = None
    ladder_followed_until: AwareDatetime | None = None
    unsettled: list[Intent] = []
    end: EndState | None = None  # it was closed, and what follows from that is not all done
    next_reminder_at: AwareDatetime | None = None
    events_received: int = Field(default=0, alias="deliveries")
    turns_on: date | None = None  # the day of which `turns` are counted, in UTC of business time
    turns: int = 0

    @property
    def plan_at_hand(self) -> PlanState | None:
        """The plan that an approval or a signature is about."""
        return self.next_plan or self.plan

    @property
    def moments(self) -> KeptMoments:
        """What the record is told of beside the stage."""
        return KeptMoments(**{name: getattr(self, name) for name in KeptMoments.model_fields})

    def key_of_review(self, overdue_since: date | None) -> str:
        """What the last word of this legal review is called within the case: there may be another
        of the same arrears. Of a run of before it has no day.
        """
        day = "" if self.reviewed_since is None else f":{self.reviewed_since}"
        return f"{Stage.LEGAL_REVIEW}:{overdue_since}{day}"

    def enter(self, stage: Stage) -> None:
        """Move to a stage; what belonged to the last one is over."""
        self.stage = stage
        self.stage_ends_at = None
        self.waiting_for = ""
        self.reminders = 0
        self.next_reminder_at = None
        self.ladder_followed_until = None
        self.reviewed_for_its_age = self.reviewed_since = None

    def remember(self, event_id: str) -> None:
        """Keep an event id, so that the same event counts once; the database is the backstop."""
        self.remembered_events = [*self.remembered_events, event_id][-REMEMBERED_EVENTS:]

    def note_refusal(self, refusal: Refusal) -> None:
        """Keep the latest refusals for the people who ask."""
        self.refusals = [*self.refusals, refusal][-REMEMBERED_REFUSALS:]


class DueCase(BaseModel):
    """A case whose workflow should run: from its beginning, or from a state that it was in."""

    case_id: str
    loan_id: str
    found_at: AwareDatetime | None = None  # overdue and without a workflow
    state: CaseState | None = None
