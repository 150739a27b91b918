"""Many approved visits on record at once, for the tests of bookings."""

from datetime import UTC, datetime, timedelta

from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from database.visit.visits import CrewMember, SlotWish, Visits
from domain.policy.policy import Policy
from policies.reader import fingerprint

MONDAY = datetime(2026, 4, 20, tzinfo=UTC)  # eight in the morning in Shanghai
VISIT, GAP = timedelta(hours=2), timedelta(hours=1)

_PEOPLE = """
    INSERT INTO borrowers SELECT 'B-' || n, 'x', 'zh', 'Asia/Shanghai' FROM generate_series(1, $1) n
"""
_ADDRESSES = """
    INSERT INTO addresses SELECT 'B-' || n || '-a1', 'B-' || n, 'x', 'north'
    FROM generate_series(1, $1) n
"""
_LOANS = """
    INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor,
                       annual_rate_percent, term_months)
    SELECT 'L-' || n, 'B-' || n, 'x', 'CNY', 1, 1, 1 FROM generate_series(1, $1) n
"""
_CASES = """
    INSERT INTO collection_cases (case_id, loan_id, overdue_since, policy_version, opened_at)
    SELECT 'case-' || n, 'L-' || n, '2026-01-10', $2, $3 FROM generate_series(1, $1) n
"""
_VISITS = """
    INSERT INTO visits (visit_id, case_id, loan_id, address_id, status, applicant, applicant_id,
                        requested_at, approver_id, approved_at, approval_expires_at, visit_code)
    SELECT 'V-' || n, 'case-' || n, 'L-' || n, 'B-' || n || '-a1', 'approved', 'collector', 'K-1',
           $2::timestamptz, 'A-1', $2, $2::timestamptz + interval '30 days', lpad(n::text, 6, '0')
    FROM generate_series(1, $1) n
"""


async def insert_visits(pool: Pool, policy: Policy, number: int) -> None:
    """Approved visits V-1 to V-`number` with codes 000001 on, in the region `north`."""
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), MONDAY)
    for statement in (_PEOPLE, _ADDRESSES, _LOANS):
        await pool.execute(statement, number)
    await pool.execute(_CASES, number, policy.version, MONDAY)
    await pool.execute(_VISITS, number, MONDAY)


async def insert_members(pool: Pool, number: int) -> None:
    """Collectors of whom nothing but a name is stated."""
    members = [CrewMember(f"C-{n:02}", "外勤") for n in range(1, number + 1)]
    await Visits(pool).add_crew(members)


def wish(visit: int, *candidates: datetime, slot: int = 1, size: int = 2) -> SlotWish:
    return SlotWish(
        slot_id=f"V-{visit}:slot-{slot}",
        visit_id=f"V-{visit}",
        candidates=[*candidates],
        duration=VISIT,
        crew_size=size,
        travel_gap=GAP,
        zone="Asia/Shanghai",
    )
