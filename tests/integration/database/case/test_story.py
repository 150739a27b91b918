"""`ops.py why`: what was done and not done, in words, from the record alone."""

from commands.ops.why import tell
from database.case.story import read_story
from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan(phones=2)


async def test_story_tells_contacts_refusals_and_refused_events(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Newest first, with rule, reason, the next lawful moment, the policy and the facts."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.write()
    story = await read_story(pool, "L-1")
    assert story is not None
    moments = [entry.at for entry in story.entries]
    assert moments == sorted(moments, reverse=True)
    assert [entry.kind for entry in story.entries] == [
        "contact", "visit", "event refused", "contact refused", "contact", "contact",
        "contact refused",
    ]  # fmt: skip
    text = ["\n".join(tell(entry, story)) for entry in story.entries if entry.kind != "visit"]
    assert "visit_appointment (visit) by sms to B-1-p1: sent" in text[0]
    assert "refused by rule LC-STAGE; if it is true again, to be sent under a new id" in text[1]
    assert "on hold: dispute" in text[2]
    assert "LC-HOLD; waiting would not help" in text[2]
    assert "overdue_call (collection) by call to B-1-p1: sent: no_answer" in text[3]
    assert "allowed under policy cn-2026-12 (SHA-256 " in text[3]
    assert "arrears CNY 4,000.00; holds: none;" in text[3]
    assert "again possible at 2026-04-16 08:00" in text[5]


async def test_decision_under_two_policies_names_both(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """The pinned one, and the one that was current then."""
    current = policy.model_copy(update={"version": "cn-next"})
    record = Record(pool, current, LOAN, await open_case(LOAN))
    await record.contact("overdue_notice")
    story = await read_story(pool, "L-1")
    assert story is not None
    [entry] = story.entries
    assert (entry.policy_version, entry.current_policy) == ("cn-2026-12", "cn-next")
    assert "and the current cn-next, whichever is stricter" in "\n".join(tell(entry, story))


async def test_unknown_loan_has_no_story(pool: Pool) -> None:
    """The command says so in one line."""
    assert await read_story(pool, "L-404") is None


async def test_story_tells_how_visits_and_the_case_have_ended(
    pool: Pool, open_case: OpenCase
) -> None:
    """Also where nothing was sent and nothing was refused."""
    case_id = await open_case(LOAN)
    end = LOAN.at_days_past_due(181)
    await pool.execute(
        "UPDATE collection_cases SET closed_at = $1, outcome = 'handed_to_legal'", end
    )
    story = await read_story(pool, "L-1")
    assert story is not None
    assert [line for entry in story.entries for line in tell(entry, story)] == [
        f"{end:%Y-%m-%d %H:%M}  end: case {case_id}: handed_to_legal"
    ]
