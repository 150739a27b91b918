"""What the lender's people ask every day, from the database alone: what waits, what came in."""

from datetime import date, datetime

from pydantic import BaseModel

from database.sql import SQL, Pool


class ApprovalWaiting(BaseModel):
    """A visit or a waiver that somebody has to decide on; `amount_minor` is null when unknown."""

    about: str
    kind: str
    loan_id: str
    currency: str
    amount_minor: int | None
    applicant: str | None
    since: datetime
    level: str


class VisitAhead(BaseModel):
    """An appointment of today or later, on the borrower's own clock."""

    visit_id: str
    loan_id: str
    status: str
    starts_at: datetime
    time_zone: str
    address: str
    crew: list[str]
    is_today: bool


class PromiseToWatch(BaseModel):
    """A promise whose day has come, or one that was broken in the last seven days."""

    promise_id: str
    loan_id: str
    currency: str
    amount_minor: int
    due_on: date
    status: str
    resolved_at: datetime | None
    paid_minor: int  # since it was made


class HoldInForce(BaseModel):
    """Why a borrower is left in peace, and since when."""

    loan_id: str
    hold_id: str
    reason: str
    placed_at: datetime
    until: datetime | None


class ComplaintOpen(BaseModel):
    """A complaint without an answer, and when that is due."""

    loan_id: str
    complaint_id: str
    about: str
    handler_id: str | None
    filed_at: datetime
    answer_due_at: datetime
    is_late: bool


class StuckCase(BaseModel):
    """What should have gone on by now."""

    loan_id: str
    what: str
    since: datetime


class ProviderDoubt(BaseModel):
    """A contact that was not sent after all, or of which nobody knows what became."""

    attempt_id: str
    loan_id: str
    channel: str
    template: str
    phone_id: str
    status: str
    outcome: str | None
    reserved_at: datetime


class ReplyToRead(BaseModel):
    """What somebody has written back, in words of their own."""

    reply_id: str
    loan_id: str
    phone_id: str
    relation: str
    text: str
    received_at: datetime


class Today(BaseModel):
    """Everything that waits for somebody at one moment."""

    at: datetime
    approvals: list[ApprovalWaiting]
    visits: list[VisitAhead]
    promises: list[PromiseToWatch]
    holds: list[HoldInForce]
    complaints: list[ComplaintOpen]
    stuck: list[StuckCase]
    provider_doubts: list[ProviderDoubt]
    replies: list[ReplyToRead]


class MoneyCollected(BaseModel):
    """What came in for one lender in one currency."""

    lender: str
    currency: str
    payments: int
    received_minor: int
    earlier_payments: int  # told of since, and dated before
    earlier_minor: int
    reversed_minor: int
    waived_minor: int


class PromisesDecided(BaseModel):
    """Promises to one lender in one currency: made, kept and broken."""

    lender: str
    currency: str
    promised: int
    promised_minor: int
    kept: int
    kept_minor: int
    broken: int
    broken_minor: int


class CollectedByStage(BaseModel):
    """What came in while cases stood in one stage."""

    stage: str
    lender: str
    currency: str
    payments: int
    received_minor: int


class Collected(BaseModel):
    """What came in since the beginning of a day."""

    since: date
    money: list[MoneyCollected]
    promises: list[PromisesDecided]
    by_stage: list[CollectedByStage]


async def read_today(pool: Pool, now: datetime) -> Today:
    """What waits for somebody, at a moment of business time."""
    return Today(
        at=now,
        approvals=[ApprovalWaiting(**row) async for row in SQL.approvals_waiting(pool, now=now)],
        visits=[VisitAhead(**row) async for row in SQL.visits_ahead(pool, now=now)],
        promises=[PromiseToWatch(**row) async for row in SQL.promises_to_watch(pool, now=now)],
        holds=[HoldInForce(**row) async for row in SQL.holds_in_force(pool, now=now)],
        complaints=[ComplaintOpen(**row) async for row in SQL.complaints_open(pool, now=now)],
        stuck=[StuckCase(**row) async for row in SQL.stuck_cases(pool, now=now)],
        provider_doubts=[ProviderDoubt(**row) async for row in SQL.provider_doubts(pool, now=now)],
        replies=[ReplyToRead(**row) async for row in SQL.replies_to_read(pool, now=now)],
    )


async def read_collected(pool: Pool, since: date) -> Collected:
    """What came in since the beginning of a day, on each borrower's calendar."""
    return Collected(
        since=since,
        money=[MoneyCollected(**row) async for row in SQL.collected_money(pool, since=since)],
        promises=[
            PromisesDecided(**row) async for row in SQL.collected_promises(pool, since=since)
        ],
        by_stage=[
            CollectedByStage(**row) async for row in SQL.collected_by_stage(pool, since=since)
        ],
    )
