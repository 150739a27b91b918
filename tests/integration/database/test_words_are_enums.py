"""The words that are kept in the database are the enums of the code, no more and no fewer."""

import re
from enum import StrEnum
from typing import get_args

import asyncpg
import pytest

from database.migrate import MIGRATIONS
from database.news.endpoints import DisabledBecause
from database.sql import Pool
from domain.case.facts import Outcome, PromiseStatus
from domain.case.notices import Audience, NoticeKind
from domain.contact.delivery import CallOutcome, Delivery, ProviderRefusal
from domain.contact.facts import Relation
from domain.contact.replies import Reading
from domain.contact.status import AttemptStatus, PhoneStatus
from domain.debt.status import LoanStatus
from domain.messages.templates import Template
from domain.plan.authority import Level
from domain.plan.status import AgreementStatus
from domain.policy.contact import Channel, Purpose
from domain.policy.right_party import Confirmation
from domain.visit.status import VisitStatus
from domain.visit.visitors import VisitorAnswer
from tests.support.world import Loan, OpenCase

MIGRATION = MIGRATIONS / "0008-words.sql"
NOTICE = (
    "INSERT INTO staff_notices (notice_id, case_id, audience, kind, body, created_at)"
    " VALUES ('{notice_id}', $1, 'crew', '{kind}', '{{}}', now())"
)

ENUMS: dict[str, type[StrEnum]] = {
    "agreements.status": AgreementStatus,
    "collection_cases.outcome": Outcome,
    "contact_attempts.channel": Channel,
    "contact_attempts.delivery": Delivery,
    "contact_attempts.purpose": Purpose,
    "contact_attempts.status": AttemptStatus,
    "contact_attempts.template": Template,
    "delivery_receipts.delivery": Delivery,
    "delivery_receipts.refusal": ProviderRefusal,
    "gateway_closures.channel": Channel,
    "loans.status": LoanStatus,
    "news_endpoints.disabled_because": DisabledBecause,
    "phone_confirmations.confirmed_by": Confirmation,
    "phones.relation": Relation,
    "phones.status": PhoneStatus,
    "promises.status": PromiseStatus,
    "replies.read_as": Reading,
    "staff_notices.audience": Audience,
    "staff_notices.kind": NoticeKind,
    "visitor_checks.answer": VisitorAnswer,
    "visits.status": VisitStatus,
}
# Lists whose words no code names but in SQL, or, of events and levels, in part.
OTHERS = {
    "addresses.status": {"usable", "wrong"},
    "delivery_receipts.call_outcome": set(get_args(CallOutcome)),
    "news_deliveries.state": {"waiting", "delivered", "dead"},
    "erasures.kind": {"agreement", "person", "contact"},
    "gateway_closures.refusal": {ProviderRefusal.ACCOUNT, ProviderRefusal.CONTENT},
    "loan_charges.kind": {"penalty"},
    "payments.kind": {"opening", "payment", "waiver"},
    "staff.level": {Level.APPROVER, Level.SENIOR_APPROVER},  # a crew has no entry there
    "visits.applicant": {"borrower", "collector"},
}
# Checks of one column that name at least one word.
CHECKS = """
    SELECT c.conrelid::regclass || '.' || a.attname AS column, pg_get_constraintdef(c.oid) AS check
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'c' AND cardinality(c.conkey) = 1
      AND a.atttypid = 'text'::regtype AND pg_get_constraintdef(c.oid) ~ '=.*''[a-z_]+''::text'
"""


async def _words(pool: Pool) -> dict[str, set[str]]:
    """The words that each column may hold, by the catalogue of the migrated database."""
    rows = await pool.fetch(CHECKS)
    return {row["column"]: set(re.findall(r"'([a-z_]+)'::text", row["check"])) for row in rows}


async def test_every_list_of_words_is_that_of_its_enum(pool: Pool) -> None:
    """Whoever adds a word adds it on both sides; a new list is put into one of the tables above."""
    wanted = {column: set(enum) for column, enum in ENUMS.items()}
    assert await _words(pool) == wanted | OTHERS


async def test_words_of_an_earlier_release_stay_and_new_rows_are_held(
    pool: Pool, open_case: OpenCase
) -> None:
    """The lists are put in force beside what is written already."""
    case_id = await open_case(Loan())
    apply, rollback = MIGRATION.read_text("utf-8").split("-- migrate: rollback")
    await pool.execute(rollback)
    await pool.execute(NOTICE.format(notice_id="old", kind="visit_suggested"), case_id)
    await pool.execute(apply)
    with pytest.raises(asyncpg.CheckViolationError, match="staff_notices_kind_check"):
        await pool.execute(NOTICE.format(notice_id="new", kind="visit_suggested"), case_id)
    await pool.execute(NOTICE.format(notice_id="new", kind="visit_possible"), case_id)
    kinds = await pool.fetch("SELECT kind FROM staff_notices ORDER BY notice_id")
    assert [row["kind"] for row in kinds] == ["visit_possible", "visit_suggested"]
