"""A person's file holds everything kept about them, and nothing of anybody else."""

import json

from database.case.person import read_person
from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan(phones=2)
# By these a row is about a person.
KEYS = ["borrower_id", "loan_id", "case_id", "phone_id", "visit_id", "agreement_id", "attempt_id"]


async def test_file_has_every_table_that_knows_of_a_person(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Whatever table names a person, their loan, case, number, visit or agreement."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.write()
    kept = await read_person(pool, LOAN.borrower_id)
    assert kept is not None
    tables = await pool.fetch(
        "SELECT DISTINCT c.table_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        " AND c.column_name = ANY($1)",
        KEYS,
    )
    for (table,) in tables:
        found = await pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 names of ours
        assert len(kept.get(table, [])) == found, table


async def test_file_is_of_one_person(pool: Pool, open_case: OpenCase) -> None:
    """Whose id it is asked by; a stranger has none."""
    await open_case(LOAN)
    await open_case(Loan(loan_id="L-2", borrower_id="B-2"))
    kept = await read_person(pool, "B-2")
    assert kept is not None
    assert "L-1" not in json.dumps(kept)
    assert await read_person(pool, "nobody") is None
