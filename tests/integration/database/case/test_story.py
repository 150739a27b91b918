"""`ops.py why`: what was done and not done, in words, from the record alone."""

from datetime import UTC, datetime
from typing import Any

from commands.ops.why import tell, tell_at_rest, tell_now
from database.case.story import Entry, Story, read_story
from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan(phones=2)
DECIDED = ("contact", "contact refused", "event refused")


async def _told(pool: Pool) -> str:
    """The whole story of the loan, in its lines."""
    story = await read_story(pool, "L-1")
    assert story is not None
    return "\n".join(line for entry in story.entries for line in tell(entry, story))


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
    decided = [entry for entry in story.entries if entry.kind in DECIDED]
    assert [entry.kind for entry in decided] == [
        "contact", "event refused", "contact refused", "contact", "contact", "contact refused",
    ]  # fmt: skip
    text = ["\n".join(tell(entry, story)) for entry in decided]
    assert "visit_appointment (visit) by sms to B-1-p1: sent" in text[0]
    assert "refused by rule LC-STAGE; for good under this id; what becomes true later is" in text[1]
    assert "on hold: dispute" in text[2]
    assert "LC-HOLD; waiting would not help" in text[2]
    assert "overdue_call (collection) by call to B-1-p1: sent: no_answer" in text[3]
    assert "allowed under policy cn-2027-03 (SHA-256 " in text[3]
    assert "arrears CNY 4,000.00; holds: none;" in text[3]
    assert "again possible at 2026-04-16 08:00" in text[5]
    call = decided[3]
    assert f"(attempt {call.attempt_id}, words {call.template_version}): " in text[3]
    assert (
        await pool.fetchval(
            "SELECT channel FROM contact_attempts WHERE attempt_id = $1", call.attempt_id
        )
        == "call"
    )
    for part in (" / after no: ", " / after yes: "):
        assert part in text[3]


async def test_decision_under_two_policies_names_both(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """The pinned one, and the one that was current then."""
    current = policy.model_copy(update={"version": "cn-next"})
    record = Record(pool, current, LOAN, await open_case(LOAN))
    await record.contact("overdue_notice")
    story = await read_story(pool, "L-1")
    assert story is not None
    [entry] = [each for each in story.entries if each.kind == "contact"]
    assert (entry.policy_version, entry.current_policy) == ("cn-2027-03", "cn-next")
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
        f"{end:%Y-%m-%d %H:%M}  end: case {case_id}: handed_to_legal",
        f"2026-01-15 08:00  case: {case_id}: opened, overdue since 2026-01-10",
    ]
    assert tell_at_rest(story).endswith("the schedule opens one when something is overdue")
    await pool.execute("UPDATE loans SET status = 'written_off'")
    story = await read_story(pool, "L-1")
    assert story is not None
    assert tell_at_rest(story).endswith("none is opened: the loan stands as written off")


async def test_story_tells_money_holds_approvals_and_agreements(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Everything that people ask after, with who did it, on the borrower's clock."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.write()
    text = await _told(pool)
    for said in (
        "payment: CNY 1,000.00, P-1 from test: received",
        "payment: CNY 1,000.00, P-1: reversed",
        "promise: CNY 10.00, to pay by 2026-04-19: made",
        "promise: CNY 10.00, to pay by 2026-04-19: replaced",
        "hold: dispute (H-1): placed, until it is released",
        "hold: dispute (H-1): released",
        "complaint: C-1: filed about tone; the answer is due on 2026-04-30",
        "complaint: C-1: extended by A-9 to 2026-05-15",
        "complaint: C-1: answered, upheld",
        "application: L-1:2026-01-10:visit-1: applied for by the borrower B-1",
        "approval: CNY 4,000.00, L-1:2026-01-10:visit-1: approved by A-1, until 2026-05-15",
        "appointment: L-1:2026-01-10:visit-1: confirmed for 2026-04-19 12:17",
        "badge ids C-1, C-2; recording id R-1; entry consent yes; identity verified yes",
        "agreement: CNY 4,000.00, G-1: offered in 3 parts, until 2026-04-22 12:20",
        "agreement: CNY 4,000.00, G-1: signed by B-1",
        "2026-04-15 12:00 sms collection",  # in the facts of a decision, too
    ):
        assert said in text, said


NOW: dict[str, Any] = {
    "stage": "agreement",
    "waiting_for": "agreement_signed",
    "as_of": "2026-04-19T04:21:00+00:00",
    "next_action": {
        "what": "let the agreement expire",
        "at": "2026-04-22T04:20:00+00:00",
        "why": "not yet signed",
    },
    "arrears_minor": 400_000,
    "days_past_due": 97,
    "holds": [{"hold_id": "H-1", "reason": "dispute", "until": None}],
}


STORY = Story(
    loan_id="L-1",
    currency="CNY",
    time_zone="Asia/Shanghai",
    status="active",
    stage="agreement",
    entries=[],
)


def test_only_a_call_is_waited_for_to_be_reported() -> None:
    """Of a message nobody reports what was said."""
    past = {"at": "2026-04-16T04:00:00Z", "fate": "pending"}
    entry = Entry(
        at=datetime(2026, 4, 17, 4, tzinfo=UTC),
        kind="contact",
        what="overdue_notice",
        result="sent",
        policy_version="cn-2027-03",
        facts={"attempts": [past | {"channel": channel} for channel in ("sms", "call")]},
    )
    *_, told = tell(entry, STORY)
    assert told.endswith(": attempts: 2026-04-16 12:00 sms, 2026-04-16 12:00 pending call")


def test_what_comes_next_is_told_on_the_same_clock() -> None:
    """By the answer of the workflow."""
    now, *rest = tell_now(NOW, STORY)
    assert now.startswith("Now: agreement, waits for agreement signed; as of 2026-04-19 12:21 Asia")
    assert rest == [
        "Next: let the agreement expire, 2026-04-22 12:20 (not yet signed)",
        "Owed: CNY 4,000.00 overdue for 97 days",
        "On hold: dispute; nothing is done until that ends",
    ]


async def test_story_tells_what_people_say(pool: Pool, policy: Policy, open_case: OpenCase) -> None:
    """Why a number is not used any more, and a call that counts against the limits."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.deliver("call_received", call_id="K-1", phone_id="B-1-p1", duration_s=60)
    await record.deliver("phone_confirmed", phone_id="B-1-p1", by="app")
    await record.deliver("phone_reported", phone_id="B-1-p2", status="wrong_person")
    await record.deliver("reply_received", reply_id="RE-1", phone_id="B-1-p1", text="STOP")
    text = await _told(pool)
    for said in (
        "event: call received from test: call id K-1; phone id B-1-p1; duration s 60",
        "event: phone confirmed from test: by app; phone id B-1-p1",
        "event: phone reported from test: status wrong_person; phone id B-1-p2",
        "reply: RE-1 from B-1-p1: read as refused",
    ):
        assert said in text
    assert "STOP" not in text
