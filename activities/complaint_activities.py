"""Complaints of loans without an open case: who watches over them, and what is left open."""

from typing import Any, Protocol

from pydantic import BaseModel
from temporalio import activity

from activities.business_time import Now
from database.case.cases import Cases
from database.case.notices import StaffNotices
from domain.case.complaints import OpenComplaint
from domain.case.notices import Audience, NoticeKind
from domain.clock import BusinessClock
from domain.policy.carried import CarriedAftercare
from domain.policy.policy import AftercarePolicy
from temporal.names import workflow_id


class Watch(BaseModel):
    """What is watched, and by which rules: those that the case was pinned to when it ended.

    A loan that was at rest when somebody complained of it is watched by the rules of that day; its
    case is the one it had last, if it ever had one.
    """

    case_id: str | None
    loan_id: str
    clock: BusinessClock
    rules: CarriedAftercare

    @property
    def watched(self) -> str:
        """The name it is watched under: one watch of each."""
        return self.case_id or workflow_id(self.loan_id)


class LoanNotice(BaseModel):
    """Something the lender's own people should know of a loan without a case. Ids only."""

    notice_id: str
    loan_id: str
    audience: Audience
    kind: NoticeKind
    body: dict[str, Any] = {}


class WatchStarter(Protocol):
    """Starts the workflow that watches over complaints while no case of their loan is open."""

    async def start_watch(self, watched: str, watch: BaseModel) -> None:
        """Start it, unless it is running."""
        ...


class ComplaintWatches:
    """Sees to it that each open complaint of a loan at rest is watched over."""

    def __init__(
        self, cases: Cases, starter: WatchStarter, clock: BusinessClock, rules: AftercarePolicy
    ) -> None:
        self._cases = cases
        self._starter = starter
        self._clock = clock
        self._rules = rules

    async def start(self) -> int:
        """Start what does not run; answers with the number of loans that are watched."""
        loans = await self._cases.loans_at_rest_with_complaints()
        for loan_id, case_id in loans:
            watch = Watch(case_id=case_id, loan_id=loan_id, clock=self._clock, rules=self._rules)
            await self._starter.start_watch(watch.watched, watch)
        return len(loans)


class ComplaintActivities:
    """Repeating any of them changes nothing."""

    def __init__(
        self,
        cases: Cases,
        notices: StaffNotices,
        starter: WatchStarter,
        watches: ComplaintWatches,
        now: Now,
    ) -> None:
        self._cases = cases
        self._notices = notices
        self._starter = starter
        self._watches = watches
        self._now = now

    @activity.defn
    async def watch_complaints(self, watch: Watch) -> None:
        """See to it that somebody is reminded of what is open."""
        await self._starter.start_watch(watch.watched, watch)

    @activity.defn
    async def watch_complaints_at_rest(self) -> int:
        """The same of every loan without an open case; answers with how many there are."""
        return await self._watches.start()

    @activity.defn
    async def complaints_left(self, case_id: str) -> list[OpenComplaint]:
        """What a case that has ended left open; none while another case of the loan is open."""
        return await self._cases.complaints_left(case_id)

    @activity.defn
    async def complaints_of_loan(self, loan_id: str) -> list[OpenComplaint]:
        """What is open of a loan that never had a case; none once it has one."""
        return await self._cases.complaints_left(loan_id=loan_id)

    @activity.defn
    async def notify_staff_of_loan(self, notice: LoanNotice) -> None:
        """Tell the complaint desk and those above of a loan without a case."""
        await self._notices.notify_staff_of_loan(
            notice.notice_id,
            notice.loan_id,
            notice.audience,
            notice.kind,
            notice.body,
            self._now(),
        )
