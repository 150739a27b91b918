"""Agreements: drawn up, kept with their fingerprint, and ended."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import asyncpg
from pydantic import AwareDatetime, BaseModel

from database.sql import SQL, Connection, Pool
from domain.agreement import Document, draft_document
from domain.authority import Level
from domain.plan import Plan
from domain.policy import Policy


class Offer(BaseModel):
    """An agreement to be drawn up."""

    agreement_id: str
    case_id: str
    visit_id: str
    plan_id: str
    plan: Plan
    waiver_approver_id: str | None
    counted_from: AwareDatetime  # when the plan was proposed: later payments count towards it
    expires_at: AwareDatetime


class Agreements:
    """Every method is one transaction and may be repeated."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add_staff(self, levels: Mapping[str, Level]) -> None:
        """Put people with authority on file: levels by staff id. A known id takes the new level."""
        await SQL.add_staff_member(
            self._pool,
            [{"staff_id": staff_id, "level": level.value} for staff_id, level in levels.items()],
        )

    async def offer_agreement(self, offer: Offer, policy: Policy, now: datetime) -> str:
        """Draw up and keep the document of a plan; answers with its SHA-256."""
        async with self._pool.acquire() as connection, connection.transaction():
            offered = await SQL.offered_agreement(connection, agreement_id=offer.agreement_id)
            if offered is not None:
                return str(offered["document_sha256"])
            people = await SQL.people_and_places(connection, case_id=offer.case_id)
            document = _draft(offer, people, policy)
            await _keep(connection, offer, people["loan_id"], document, now)
            return document.sha256

    async def end_agreement(self, case_id: str, was: str, status: str, now: datetime) -> None:
        """End what is `offered` or what is `signed`: as `expired`, `withdrawn` or `broken`."""
        await SQL.end_agreement(self._pool, case_id=case_id, was=was, status=status, now=now)


def _draft(offer: Offer, people: asyncpg.Record, policy: Policy) -> Document:
    expires = offer.expires_at.astimezone(ZoneInfo(people["time_zone"]))
    return draft_document(
        offer.plan,
        people["currency"],
        people["language"],
        {
            "agreement_id": offer.agreement_id,
            "loan_id": people["loan_id"],
            "lender": people["lender"],
            "name": people["name"],
            "expires": f"{expires:%Y-%m-%d %H:%M}",
            "hotline": policy.channels.hotline,
            "complaint_hotline": policy.channels.complaint_hotline,
        },
    )


async def _keep(
    connection: Connection, offer: Offer, loan_id: str, document: Document, now: datetime
) -> None:
    before = offer.plan.before
    await SQL.offer_agreement(
        connection,
        agreement_id=offer.agreement_id,
        case_id=offer.case_id,
        loan_id=loan_id,
        visit_id=offer.visit_id,
        plan_id=offer.plan_id,
        # The instalments that the first agreement deferred are those that this one defers.
        as_of=offer.plan.as_of if before is None else before.as_of,
        total_minor=offer.plan.total_minor,
        waiver_minor=offer.plan.waiver_minor,
        waiver_approver_id=offer.waiver_approver_id,
        supersedes=None if before is None else before.agreement_id,
        carried_minor=0 if before is None else before.carried_minor,
        penalty_minor=offer.plan.penalty_minor,
        document=document.text,
        sha256=document.sha256,
        counted_from=offer.counted_from,
        now=now,
        expires_at=offer.expires_at,
    )
    await SQL.add_agreement_part(
        connection,
        [{"agreement_id": offer.agreement_id, **part.model_dump()} for part in offer.plan.parts],
    )
