"""What is said is on record before a provider is asked."""

import hashlib
import json

import pytest

from database.case.cases import Cases
from database.policy.stored_policies import PolicyChangedError, StoredPolicies
from database.sql import Pool
from domain.messages.templates import Template
from domain.messages.versions import template_version
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.record import Record
from tests.support.shipped_texts import TEXTS
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
    assert kept["template_version"] == template_version(TEXTS["zh"], Template.OVERDUE_NOTICE)


async def test_call_keeps_each_part(pool: Pool, policy: Policy, open_case: OpenCase) -> None:
    """The opening, what follows a yes and what follows a no."""
    record = Record(pool, policy, LOAN, await open_case(LOAN, 95))
    await record.contact("overdue_call", Channel.CALL)
    kept = await pool.fetchval(
        "SELECT array_agg(part ORDER BY part) FROM contact_attempts, jsonb_object_keys(said) part"
    )
    assert kept == ["after_no", "after_yes", "text"]


def _in_other_words(policy: Policy, words: str) -> Policy:
    notice = {Template.OVERDUE_NOTICE: words}
    spoken = TEXTS["zh"].model_copy(update={"messages": TEXTS["zh"].messages | notice})
    return policy.model_copy(update={"version": "cn-old", "texts": {**TEXTS, "zh": spoken}})


async def _said(pool: Pool) -> str:
    return str(await pool.fetchval("SELECT said ->> 'text' FROM contact_attempts"))


async def test_case_is_written_to_in_the_words_it_is_pinned_to(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Those of its policy, not those that the worker started with."""
    record = Record(pool, policy, LOAN, await open_case(LOAN, 95))
    old = _in_other_words(policy, "{name}：{days}天")
    await StoredPolicies(pool).store_policy(old, fingerprint(old), record.now)
    await pool.execute("UPDATE collection_cases SET policy_version = 'cn-old'")
    await record.contact("overdue_notice")
    assert (await _said(pool)).endswith("：95天")
    assert await StoredPolicies(pool).read_policy("cn-old") == old


async def test_policy_that_names_no_texts_goes_by_those_of_before(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Whatever the current one says now."""
    record = Record(pool, policy, LOAN, await open_case(LOAN, 95))
    old = policy.model_copy(update={"version": "cn-old", "texts": None})
    await StoredPolicies(pool).store_policy(old, fingerprint(old), record.now)
    await pool.execute("UPDATE collection_cases SET policy_version = 'cn-old'")
    await record.contact("overdue_notice")
    assert "您的借款已逾期95天，当前逾期应还" in await _said(pool)
    before = json.loads(await pool.fetchval("SELECT texts_of_before()::text"))
    sha256 = hashlib.sha256(json.dumps(before, sort_keys=True).encode()).hexdigest()
    assert sha256 == "2345ac6223d22298dcb244bc49adb423dd092c2edf3c52ce4cc793513809ceb7"


async def test_other_words_are_another_policy(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """A version is kept once, its texts with it; what a case is given has none."""
    case_id = await open_case(LOAN, 95)
    now = LOAN.at_days_past_due(95)
    one, other = (_in_other_words(policy, words) for words in ("{name}：", "{name}，"))
    await StoredPolicies(pool).store_policy(one, fingerprint(one), now)
    with pytest.raises(PolicyChangedError):
        await StoredPolicies(pool).store_policy(other, fingerprint(other), now)
    assert (await Cases(pool).take_up_case(case_id)).policy.texts is None
