"""Agreements: what is offered, word for word and byte for byte, and how it ends."""

import json
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import asyncpg

from database.case.facts import read_facts_and_statement
from database.plan.kept_after_all import keep_plan_paid_in_time
from database.sql import SQL, Connection, Pool
from domain.case.facts import CaseFacts
from domain.case.notices import Audience, NoticeKind
from domain.debt.limitation import limitation_until
from domain.debt.statement import penalty_rate
from domain.plan.agreement import AgreementTerms, Component, Document, Offer
from domain.plan.plan import Plan
from domain.plan.status import AgreementStatus
from domain.policy.policy import Policy


class _Limitation(NamedTuple):
    """What an agreement says about limitation."""

    years: int | None = None
    until: date | None = None
    time_barred_since: date | None = None


class MissedPart(NamedTuple):
    """The part for which a plan is broken, and until when it could have been paid."""

    number: int
    missed_at: datetime


class Agreements:
    """Every method is one transaction and may be repeated."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read_offered_sha256(self, agreement_id: str) -> str | None:
        """The fingerprint of an agreement that is kept already."""
        kept = await SQL.offered_agreement(self._pool, agreement_id=agreement_id)
        return None if kept is None else str(kept["document_sha256"])

    async def read_terms(self, offer: Offer, policy: Policy, now: datetime) -> AgreementTerms:
        """What the document of an offer says: the plan, the people, the law."""
        async with self._pool.acquire() as connection, connection.transaction():
            people = await SQL.people_and_places(connection, case_id=offer.case_id)
            signatory = await _read_signatory(connection, offer.lender_signatory)
            limitation = await _read_limitation(connection, offer.plan, people, policy, now)
            facts = await read_facts_and_statement(connection, offer.case_id, now)
            next_on = await _read_first_instalment_after(connection, offer.plan, people["loan_id"])
        return AgreementTerms(
            agreement_id=offer.agreement_id,
            loan_id=people["loan_id"],
            lender=people["lender"],
            lender_signatory=signatory,
            borrower_name=people["name"],
            language=people["language"],
            currency=people["currency"],
            time_zone=people["time_zone"],
            plan=offer.plan,
            components=_components(offer.plan, facts),
            offered_at=now,
            expires_at=offer.expires_at,
            limitation_years=limitation.years,
            limitation_until=limitation.until,
            time_barred_since=limitation.time_barred_since,
            grace_days=offer.grace_days,
            next_instalment_on=next_on,
            penalty_rate=_penalty_rate(people, policy),
            **policy.channels.of(people["lender"], people["language"]),
        )

    async def offer_agreement(self, offer: Offer, terms: AgreementTerms, document: Document) -> str:
        """Keep the document of an offer; answers with the SHA-256 of what is kept."""
        async with self._pool.acquire() as connection, connection.transaction():
            kept = await SQL.offered_agreement(connection, agreement_id=offer.agreement_id)
            if kept is not None:
                return str(kept["document_sha256"])
            await _keep(connection, offer, terms, document)
            await _tell_e_sign(connection, offer, terms, document)
            await _tell_taken_back(connection, offer, terms)
            return document.sha256

    async def read_document(self, agreement_id: str) -> Document | None:
        """The bytes that are kept; None for an unknown agreement, or once they were erased."""
        kept = await SQL.kept_documents(self._pool, agreement_id=agreement_id)
        if kept is None or kept["document_pdf"] is None:
            return None
        return Document(html=kept["document_html"], pdf=kept["document_pdf"])

    async def end_agreement(
        self,
        case_id: str,
        was: AgreementStatus,
        status: AgreementStatus,
        now: datetime,
        missed: MissedPart | None = None,
    ) -> None:
        """End what is offered or what is signed: as expired, withdrawn or broken.

        What a plan in force has put off is then due again as the contract has it. One whose missed
        part was paid in time, by what has come in meanwhile, stays in force.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_borrower_of_case(connection, case_id=case_id)
            if missed is not None:
                await SQL.note_missed_part(
                    connection, case_id=case_id, part=missed.number, missed_at=missed.missed_at
                )
            await SQL.end_agreement(connection, case_id=case_id, was=was, status=status, now=now)
            if was is AgreementStatus.SIGNED:
                await SQL.restore_instalments(connection, case_id=case_id)
            if missed is not None:  # of what came in since it was looked at, or since a first try
                await keep_plan_paid_in_time(connection, case_id, now)

    async def give_up_plan(self, plan_id: str, now: datetime) -> None:
        """Note that a plan is negotiated no more, whether or not a document was drawn up."""
        await SQL.give_up_plan(self._pool, plan_id=plan_id, now=now)


def _penalty_rate(people: asyncpg.Record, policy: Policy) -> str | None:
    """What accrues again once an agreement has ended, in per cent a year; None for nothing."""
    cap = policy.plan.rate_cap
    rate = penalty_rate(
        people["annual_rate_percent"],
        people["penalty_rate_percent"],
        None if cap is None else cap.value,
    )
    return f"{rate.normalize():f}" if rate else None


def _components(plan: Plan, facts: CaseFacts) -> list[Component]:
    """What the arrears consist of; nothing where a payment has changed them since the report."""
    amounts = facts.overdue.model_dump()
    if sum(amounts.values()) != plan.arrears_minor:
        return []
    return [
        Component(name=name.removesuffix("_minor"), amount_minor=amount)
        for name, amount in amounts.items()
        if amount
    ]


async def _read_signatory(connection: Connection, badge_id: str | None) -> str | None:
    """Name and badge, as the crew is announced; the bare id of somebody else."""
    if badge_id is None:
        return None
    member = await SQL.lender_signatory(connection, badge_id=badge_id)
    return badge_id if member is None else f"{member['full_name']} {badge_id}"


async def _read_limitation(
    connection: Connection, plan: Plan, people: asyncpg.Record, policy: Policy, now: datetime
) -> _Limitation:
    rule, today = policy.plan.limitation_years, now.astimezone(ZoneInfo(people["time_zone"])).date()
    if rule is None or not rule.binds(today):
        return _Limitation()
    facts = await SQL.limitation_facts(
        connection, loan_id=people["loan_id"], time_zone=people["time_zone"], now=now
    )
    ended_on = limitation_until(facts["last_due_on"], rule.value, facts["interrupted_on"])
    return _Limitation(
        years=rule.value,
        until=limitation_until(max(part.due_on for part in plan.parts), rule.value),
        time_barred_since=ended_on if ended_on < today else None,
    )


async def _read_first_instalment_after(
    connection: Connection, plan: Plan, loan_id: str
) -> date | None:
    day = await SQL.first_instalment_after(
        connection,
        loan_id=loan_id,
        as_of=plan.as_of if plan.before is None else plan.before.as_of,
        last_due_on=max(part.due_on for part in plan.parts),
    )
    return day if isinstance(day, date) else None


async def _keep(
    connection: Connection, offer: Offer, terms: AgreementTerms, document: Document
) -> None:
    before = offer.plan.before
    await SQL.offer_agreement(
        connection,
        agreement_id=offer.agreement_id,
        case_id=offer.case_id,
        loan_id=terms.loan_id,
        visit_id=offer.visit_id,
        plan_id=offer.plan_id,
        # The instalments that the first agreement deferred are those that this one defers.
        as_of=offer.plan.as_of if before is None else before.as_of,
        supersedes=None if before is None else before.agreement_id,
        carried_minor=0 if before is None else before.carried_minor,
        total_minor=offer.plan.total_minor,
        waiver_minor=offer.plan.waiver_minor,
        waiver_approver_id=offer.waiver_approver_id,
        penalty_minor=offer.plan.penalty_minor,
        html=document.html,
        pdf=document.pdf,
        html_sha256=document.html_sha256,
        sha256=document.sha256,
        lender_signatory=offer.lender_signatory,
        limitation_until=terms.limitation_until,
        counted_from=offer.counted_from,
        counted_after=offer.counted_after,
        expires_at=offer.expires_at,
        grace_days=offer.grace_days,
        now=terms.offered_at,
    )
    await SQL.add_agreement_part(
        connection,
        [
            {
                "agreement_id": offer.agreement_id,
                "number": part.number,
                "due_on": part.due_on,
                "amount_minor": part.amount_minor,
            }
            for part in offer.plan.parts
        ],
    )


async def _tell_taken_back(connection: Connection, offer: Offer, terms: AgreementTerms) -> None:
    """What was taken back while the plan waited for its offer is owed beside it: no part asks."""
    taken_back = SQL.taken_back_before_offer(
        connection,
        loan_id=terms.loan_id,
        counted_after=offer.counted_after,
        counted_from=offer.counted_from,
    )
    async for payment in taken_back:
        await SQL.notify_staff(
            connection,
            notice_id=f"{offer.case_id}:{payment['payment_id']}:owed-beside-plan",
            case_id=offer.case_id,
            audience=Audience.COLLECTORS,
            kind=NoticeKind.OWED_BESIDE_PLAN,
            body=json.dumps(
                {
                    "loan_id": terms.loan_id,
                    "agreement_id": offer.agreement_id,
                    "payment_id": payment["payment_id"],
                    "amount_minor": payment["amount_minor"],
                }
            ),
            now=terms.offered_at,
        )


async def _tell_e_sign(
    connection: Connection, offer: Offer, terms: AgreementTerms, document: Document
) -> None:
    """With the document or not at all: whoever reads the notice finds the document."""
    body = {
        "loan_id": terms.loan_id,
        "agreement_id": offer.agreement_id,
        "document_sha256": document.sha256,
        "expires_at": offer.expires_at.isoformat(),
    }
    await SQL.notify_staff(
        connection,
        notice_id=f"{offer.agreement_id}:offered",
        case_id=offer.case_id,
        audience=Audience.E_SIGN,
        kind=NoticeKind.AGREEMENT_OFFERED,
        body=json.dumps(body),
        now=terms.offered_at,
    )
