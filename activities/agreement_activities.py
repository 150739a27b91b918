"""Agreements: the workflow's way to documents."""

import asyncio

from pydantic import AwareDatetime, BaseModel
from temporalio import activity

from activities.business_time import Now
from database.plan.agreements import Agreements, MissedPart
from database.policy.stored_policies import StoredPolicies
from documents.agreement import render_agreement
from domain.plan.agreement import Offer
from domain.plan.status import AgreementStatus


class AgreementEnd(BaseModel):
    """How an agreement that is offered or signed ends unfulfilled."""

    case_id: str
    status: AgreementStatus
    was: AgreementStatus
    plan_id: str | None = None  # of the plan that is given up with it, drawn up or not
    missed_part: int | None = None  # of a broken one; what is paid by then keeps it after all
    missed_at: AwareDatetime | None = None


class OfferRequest(BaseModel):
    """An agreement to be drawn up under a policy."""

    offer: Offer
    policy_version: str


class AgreementActivities:
    """Repeating any of them changes nothing."""

    def __init__(self, agreements: Agreements, policies: StoredPolicies, now: Now) -> None:
        self._agreements = agreements
        self._policies = policies
        self._now = now

    @activity.defn
    async def offer_agreement(self, request: OfferRequest) -> str | None:
        """Draw up and keep the document of a plan; answers with its SHA-256.

        None where its first part has fallen due by now: nobody is asked to sign for such a day.
        """
        kept = await self._agreements.read_offered_sha256(request.offer.agreement_id)
        if kept is not None:
            return kept
        policy = await self._policies.read_policy(request.policy_version)
        terms = await self._agreements.read_terms(request.offer, policy, self._now())
        if not terms.can_be_kept:
            return None
        document = await asyncio.to_thread(render_agreement, terms)
        return await self._agreements.offer_agreement(request.offer, terms, document)

    @activity.defn
    async def end_agreement(self, end: AgreementEnd) -> None:
        """End an agreement that was not fulfilled."""
        if end.missed_part is not None and end.missed_at is not None:
            missed = MissedPart(end.missed_part, end.missed_at)
        else:
            missed = None
        await self._agreements.end_agreement(end.case_id, end.was, end.status, self._now(), missed)
        if end.plan_id is not None:
            await self._agreements.give_up_plan(end.plan_id, self._now())
