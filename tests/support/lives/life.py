"""How one loan's workflow is driven from stage to stage, by what other systems say."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from database.case.scan import Cursor, Scan
from domain.case.state import LONG_HISTORY_EVENTS, Stage
from tests.support.lives.conversation import Conversation, Json
from tests.support.world import Loan

RIPE = 92  # days past due: a visit is possible
STAGES: list[Stage] = [stage for stage in Stage if stage is not Stage.ENDED]


class Life(Conversation):
    """One loan's workflow, and the way through the process: what other systems say on it."""

    async def apply(self, **body: Any) -> Json:
        """A collector applies for a visit; answers when approval is waited for."""
        await self.accepted("visit_requested", **self.application(**body))
        return await self.skip_to_stage(Stage.APPROVAL)

    def application(self, **body: Any) -> Json:
        return {
            "applicant": "collector",
            "applicant_id": "K-1",
            "address_id": self.loan.address_id,
            **body,
        }

    async def proposed(self) -> Json:
        """The slot that the borrower has been told of."""
        status = await self.skip_until(
            lambda status: (
                bool(status["visit"].get("notice_sent")) and not status["visit"]["appointment"]
            )
        )
        slot: Json = status["visit"]["slot"]
        return slot

    async def confirm(self) -> Json:
        slot = await self.proposed()
        await self.accepted("appointment_confirmed", slot_id=slot["slot_id"])
        return await self.skip_to_stage(Stage.PREPARATION)

    def check_in(self, status: Json, **body: Any) -> Json:
        """The crew is at the door, on time and in full, and it is the borrower who opens."""
        return {
            "visit_id": status["visit"]["visit_id"],
            "badge_ids": status["visit"]["slot"]["badge_ids"],
            "identity_verified": True,
            "identity_method": "id card",
            "entry_consent": True,
            "recording_id": "R-1",
            **body,
        }

    async def report(self, status: Json, **proposal: Any) -> Json:
        """A report of an agreement on three parts, the first in five days."""
        first_due = self.loan.on(await self.now()) + timedelta(days=5)
        return {
            "visit_id": status["visit"]["visit_id"],
            "outcome": "agreed",
            "willingness": "willing",
            "capacity": {"monthly_income_minor": 900_000, "monthly_expense_minor": 300_000},
            "proposal": {"instalments": 3, "first_due_on": str(first_due), **proposal},
        }

    async def agree(self, **proposal: Any) -> Json:
        """The crew checks in and reports an agreement."""
        status = await self.status()
        if not status["visit"]["checked_in"]:
            await self.accepted("visit_checked_in", **self.check_in(status))
        return await self.accepted("visit_reported", **await self.report(status, **proposal))

    def signature(self, status: Json, **body: Any) -> Json:
        return {
            "agreement_id": status["plan"]["agreement_id"],
            "document_sha256": status["plan"]["document_sha256"],
            "signatories": ["B-1", "C-1"],
            **body,
        }

    async def offered(self, plan: str = "plan") -> Json:
        """The status once a document is offered for `plan`, or `next_plan`.

        No hour passes while it is being drawn up: skipped to its next action, a case whose
        worker is slow would be weeks ahead, with the offer expired unseen.
        """
        for _ in range(600):
            status = await self.status()
            if status[plan].get("document_sha256"):
                return status
            await self.settle()
        raise AssertionError(f"never offered; last status {status}")

    async def sign(self) -> Json:
        await self.accepted("agreement_signed", **self.signature(await self.offered()))
        return await self.skip_to_stage(Stage.GUIDED_REPAYMENT)

    async def pay_part(self, number: int) -> Json:
        parts = (await self.status())["plan"]["plan"]["parts"]
        return await self.pay(parts[number - 1]["amount_minor"])

    async def drive_to(self, stage: Stage) -> Json:
        """From a loan that is ripe for a visit to a stage, by what other systems say."""
        if stage in (Stage.EARLY_CONTACT, Stage.LEGAL_REVIEW):
            return await self.skip_to_stage(stage)
        steps = _way_to(self, waiver=stage is Stage.PLAN)
        begun = STAGES.index((await self.status())["stage"])
        for reached, go_on in steps.items():
            if STAGES.index(reached) < begun:
                continue  # from a stage on the way
            status = await self.skip_to_stage(reached)
            if reached is Stage.VISIT:
                await self.skip_to(datetime.fromisoformat(status["visit"]["slot"]["start"]))
            if reached is stage:
                return status
            await go_on()
        return await self.skip_to_stage(stage)


def _way_to(life: Life, *, waiver: bool) -> dict[Stage, Callable[[], Awaitable[Any]]]:
    """What leads from each stage to the next."""

    async def approve() -> None:
        visit_id = (await life.status())["visit"]["visit_id"]
        await life.accepted("visit_approved", visit_id=visit_id, approver_id="A-1")

    async def wait() -> None:
        await life.skip_to_stage(Stage.VISIT)

    async def agree() -> None:
        arrears = await life.arrears()
        await life.agree(waiver_minor=arrears // 10 if waiver else 0)

    async def pay_first_at_night() -> None:
        """The message that closes the visit then waits for the morning."""
        await life.skip_to(life.loan.local(life.loan.on(await life.now()), 20))
        await life.pay_part(1)

    return {
        Stage.APPLICATION: life.apply,
        Stage.APPROVAL: approve,
        Stage.APPOINTMENT: life.confirm,
        Stage.PREPARATION: wait,
        Stage.VISIT: agree,
        **({Stage.PLAN: wait} if waiver else {}),
        Stage.AGREEMENT: life.sign,
        Stage.GUIDED_REPAYMENT: pay_first_at_night,
    }


class StartLife(Protocol):
    """Starts the workflow of a loan at a number of days past due.

    `tried`: messages and calls were made before, so that a visit is needed from day 90 on.
    `long_history_events`: after so many a run is continued as new.
    """

    async def __call__(
        self,
        days_past_due: int,
        loan: Loan | None = None,
        *,
        tried: bool = False,
        long_history_events: int = LONG_HISTORY_EVENTS,
    ) -> Life: ...


async def start_in(start_life: StartLife, stage: Stage) -> Life:
    """A life that has come to a stage, from the days past due that lead there."""
    if stage is Stage.EARLY_CONTACT:
        life = await start_life(5)
    elif stage is Stage.LEGAL_REVIEW:
        life = await start_life(181)
    else:
        life = await start_life(RIPE, tried=True)
    await life.drive_to(stage)
    return life


async def begun_by_scan(life: Life) -> list[str]:
    """A scan runs: the cases that it begins, or would start the workflow of."""
    pages = Scan(life.pool).open_cases(Cursor(), life.policy.version, await life.now())
    return [case.case_id async for page in pages for case in page.to_start]
