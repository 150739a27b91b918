"""The facts of a case as a decision needs them, read in one piece."""

from datetime import datetime

from database.sql import SQL, Connection, Pool
from domain.case.facts import CaseFacts
from domain.debt.statement import DebtTerms, draw_statement


class CaseNotFoundError(LookupError):
    """There is no such case."""


async def read_facts(connection: Connection | Pool, case_id: str, now: datetime) -> CaseFacts:
    """The snapshot a case is decided on."""
    text = await SQL.case_facts(connection, case_id=case_id, now=now)
    if text is None:
        raise CaseNotFoundError(case_id)
    return CaseFacts.model_validate_json(text)


async def read_facts_and_statement(
    connection: Connection | Pool, case_id: str, now: datetime
) -> CaseFacts:
    """The snapshot, with what is owed by component: for whoever negotiates."""
    facts = await read_facts(connection, case_id, now)
    text = await SQL.debt_terms(connection, case_id=case_id, now=now)
    return facts.with_statement(
        draw_statement(DebtTerms.model_validate_json(text), facts.local(now).date())
    )
