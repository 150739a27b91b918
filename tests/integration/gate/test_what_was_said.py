"""What is said is on record before a provider is asked."""

from database.sql import Pool
from domain.messages.templates import Template
from domain.messages.versions import template_version
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan()


async def test_words_number_and_version_are_kept(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """The words are those that the provider was given."""
    record = Record(pool, policy, LOAN, await open_case(LOAN, 95))
    await record.contact("overdue_notice")
    kept = await pool.fetchrow(
        "SELECT said ->> 'text' AS text, sent_to, template_version FROM contact_attempts"
    )
    given = await pool.fetchrow("SELECT text, number FROM simulated_outbox")
    assert kept is not None
    assert given is not None
    assert (kept["text"], kept["sent_to"]) == (given["text"], given["number"])
    assert kept["template_version"] == template_version(Template.OVERDUE_NOTICE, "zh")


async def test_call_keeps_each_part(pool: Pool, policy: Policy, open_case: OpenCase) -> None:
    """The opening, what follows a yes and what follows a no."""
    record = Record(pool, policy, LOAN, await open_case(LOAN, 95))
    await record.contact("overdue_call", Channel.CALL)
    kept = await pool.fetchval(
        "SELECT array_agg(part ORDER BY part) FROM contact_attempts, jsonb_object_keys(said) part"
    )
    assert kept == ["after_no", "after_yes", "text"]
