"""Cases, events and notices to staff: the workflow's way to the record."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from temporalio import activity

from activities.business_time import Now
from database.case.cases import Cases
from database.case.notices import StaffNotices
from database.case.promises import Promises
from database.event_record import Events
from domain.case.events.judged_event import JudgedEvent, Verdict
from domain.case.facts import CaseFacts, Outcome, PromiseStatus
from domain.case.notices import Audience, NoticeKind
from domain.case.state import KeptMoments
from domain.policy.carried import CarriedPolicy


class CaseTakenUp(BaseModel):
    """What a workflow starts from. An alias is the name a field has in histories."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    policy: CarriedPolicy
    facts: CaseFacts
    number: int = Field(alias="place")  # the case's, among all cases
    applications: int = 0  # visits applied for, as on record
    visits: int = 0  # made, or missed
    last_visit_ended_at: AwareDatetime | None = None
    cooling_until: AwareDatetime | None = None
    plans: int = 0
    broken_plans: int = 0
    closed_as: Outcome | None = None  # the end that another system has asked for


class StageEntry(BaseModel):
    """A case arrives at a stage."""

    case_id: str
    stage: str
    moments: KeptMoments | None = None  # a run of an earlier release says none


class StageMoments(BaseModel):
    """What has become of a stage's moments since it was entered."""

    case_id: str
    moments: KeptMoments


class PromiseResolution(BaseModel):
    """What became of a promise: `kept` or `broken`."""

    case_id: str
    promise_id: str
    status: PromiseStatus
    verified_as_of: AwareDatetime | None = None  # a run of an earlier release says none


class CaseEnd(BaseModel):
    """How a case ends."""

    case_id: str
    outcome: Outcome
    decided_at: AwareDatetime
    moments: KeptMoments | None = None  # a run of an earlier release says none


class StaffNotice(BaseModel):
    """Something the lender's own people should know. Ids only."""

    notice_id: str
    case_id: str
    audience: Audience
    kind: NoticeKind
    body: dict[str, Any] = {}


class CaseActivities:
    """Repeating any of them changes nothing."""

    def __init__(
        self, cases: Cases, promises: Promises, notices: StaffNotices, events: Events, now: Now
    ) -> None:
        self._cases = cases
        self._promises = promises
        self._notices = notices
        self._events = events
        self._now = now

    @activity.defn
    async def take_up_case(self, case_id: str) -> CaseTakenUp:
        """The pinned policy and fresh facts; marks the workflow as running."""
        pinned = await self._cases.take_up_case(case_id)
        facts = await self._cases.read_facts(case_id, self._now())
        return CaseTakenUp(facts=facts, **pinned._asdict())

    @activity.defn
    async def read_facts(self, case_id: str) -> CaseFacts:
        """What the database says now."""
        return await self._cases.read_facts(case_id, self._now())

    @activity.defn
    async def record_event(self, judged: JudgedEvent) -> Verdict:
        """Write an event down, with its effect or with the reason of its refusal."""
        return await self._events.record_event(judged, self._now)

    @activity.defn
    async def enter_stage(self, entry: StageEntry) -> CaseFacts:
        """Write down where the case stands."""
        return await self._cases.enter_stage(entry.case_id, entry.stage, entry.moments, self._now())

    @activity.defn
    async def keep_moments(self, kept: StageMoments) -> None:
        """Write down the stage's deadline, a hold's beginning or its end."""
        await self._cases.keep_moments(kept.case_id, kept.moments)

    @activity.defn
    async def resolve_promise(self, resolution: PromiseResolution) -> CaseFacts:
        """Write down whether a promise was kept."""
        return await self._promises.resolve_promise(
            resolution.case_id,
            resolution.promise_id,
            resolution.status,
            self._now(),
            resolution.verified_as_of,
        )

    @activity.defn
    async def close_case(self, end: CaseEnd) -> CaseFacts | None:
        """End a case on the record; fresh facts when it is not paid after all, and goes on."""
        return await self._cases.close_case(
            end.case_id, end.outcome, end.decided_at, self._now, end.moments
        )

    @activity.defn
    async def finish_case(self, case_id: str) -> None:
        """Write down that all is done that follows from a case's end: another may begin."""
        await self._cases.finish_case(case_id)

    @activity.defn
    async def reopen_case(self, case_id: str) -> CaseFacts | None:
        """Take a case up again whose payment was reversed; None when it stays closed."""
        return await self._cases.reopen_case(case_id, self._now())

    @activity.defn
    async def notify_staff(self, notice: StaffNotice) -> None:
        """Tell approvers, crews, collectors, the complaint desk or the legal desk."""
        await self._notices.notify_staff(
            notice.notice_id,
            notice.case_id,
            notice.audience,
            notice.kind,
            notice.body,
            self._now(),
        )
