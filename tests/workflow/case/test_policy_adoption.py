"""Running cases adopt a policy: each once, again after a cut, and with every failure named."""

from commands.ops.policy.adopt import move_cases
from database.policy.adoption import Adoption, Scope
from database.policy.stored_policies import StoredPolicies
from policies.reader import fingerprint
from tests.support.lives.life import Life, StartLife
from tests.support.world import Loan

BOOK = Scope(lender="test-lender")


async def _store(life: Life, version: str) -> None:
    policy = life.policy.model_copy(update={"version": version})
    await StoredPolicies(life.pool).store_policy(policy, fingerprint(policy), await life.now())


async def _adopt(life: Life, version: str) -> list[str]:
    now = await life.now()
    cases = await Adoption(life.pool).cases_to_move(version, BOOK)
    failures = await move_cases(life.env.client, version, cases, 100, lambda: now)
    return [failure.reason for failure in failures]


async def test_adoption_moves_open_cases_once_and_back(start_life: StartLife) -> None:
    """A repeated run finds nothing to do; a case may return to a version it has left."""
    life = await start_life(5)
    other = await start_life(5, Loan(loan_id="L-2", borrower_id="B-2"))
    shipped = life.policy.version
    await _store(life, "cn-next")
    before = await Adoption(life.pool).cases_to_move("cn-next", BOOK)
    assert {case.policy_version for case in before} == {shipped}
    assert before[0].event_id == f"adopt:cn-next:{life.case_id}"

    for version in ("cn-next", shipped, "cn-next"):
        assert await _adopt(life, version) == []
        assert await Adoption(life.pool).cases_to_move(version, BOOK) == []
        assert await Adoption(life.pool).cases_governed(version, BOOK) == 2
        assert (await other.status())["policy_version"] == version
    assert await life.value("SELECT count(*) FROM case_events WHERE NOT accepted") == 0
    assert await life.value("SELECT count(*) FROM case_events") == 6


async def test_repeated_event_of_a_cut_run_counts_once(start_life: StartLife) -> None:
    """Sent again under the same id before the record was looked at."""
    life = await start_life(5)
    await _store(life, "cn-next")
    now = await life.now()
    cases = await Adoption(life.pool).cases_to_move("cn-next", BOOK)
    for _ in range(2):
        assert await move_cases(life.env.client, "cn-next", cases, 100, lambda: now) == []
    assert await life.value("SELECT count(*) FROM case_events") == 1


async def test_case_without_a_workflow_is_named(start_life: StartLife) -> None:
    """The others are moved all the same."""
    life = await start_life(5)
    gone = await start_life(5, Loan(loan_id="L-2", borrower_id="B-2"))
    await gone.lose()
    await _store(life, "cn-next")
    assert await _adopt(life, "cn-next") == ["no collection is running for this loan"]
    assert (await life.status())["policy_version"] == "cn-next"


async def test_adopted_policy_binds_from_then_on(start_life: StartLife) -> None:
    """A case moves to another policy on purpose, and to a stored one only."""
    life = await start_life(5)
    await life.refused("policy_adopted", "LC-RECORD", policy_version="cn-none")
    await life.pool.execute(
        "INSERT INTO policies SELECT 'cn-next', profile, sha256,"
        " jsonb_set(body, '{version}', '\"cn-next\"'), stored_at FROM policies"
    )
    status = await life.accepted("policy_adopted", policy_version="cn-next")
    assert status["policy_version"] == "cn-next"
    assert await life.value("SELECT policy_version FROM collection_cases") == "cn-next"
