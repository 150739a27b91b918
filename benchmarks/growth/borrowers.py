"""What a reservation costs with the loans of one borrower, and with the contacts they had before.

In one database, in turn: borrowers with 1, 10 and 100 loans, each with an open case; and borrowers
of one loan with 10, 100 and 1,000 contacts behind them, one a day, as after months and years.

    python -m benchmarks.growth.borrowers [--rounds 7] [--anyway]
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Annotated

import typer

from benchmarks.growth.reservations import reserve_each
from benchmarks.means.databases import migrated_database, store_shipped_policy
from benchmarks.means.growth import say_growth
from benchmarks.means.quiet import Anyway, run_bench
from database.case.scan import Cursor, Scan
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY

LOANS = (1, 10, 100)
CONTACTS = (10, 100, 1000)
BORROWERS = 50  # of each kind
RESERVATIONS = 50
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)  # of borrowers who live by UTC
_INSERT = """
INSERT INTO borrowers (borrower_id, full_name, language, time_zone)
    SELECT '{kind}-' || n, 'Borrower', 'zh', 'UTC' FROM generate_series(1, {borrowers}) n;
INSERT INTO phones (phone_id, borrower_id, number)
    SELECT '{kind}-' || n, '{kind}-' || n, '+86 000 0000 0000'
    FROM generate_series(1, {borrowers}) n;
INSERT INTO phone_confirmations
    SELECT '{kind}-' || n, 'origination', '2025-01-01' FROM generate_series(1, {borrowers}) n;
INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor, annual_rate_percent,
                   term_months)
    SELECT '{kind}-' || n || '-' || k, '{kind}-' || n, 'bench', 'CNY', 1200000, 12, 12
    FROM generate_series(1, {borrowers}) n, generate_series(1, {loans}) k;
INSERT INTO loan_instalments
    SELECT loan_id, k, day, day, 100000 FROM loans, generate_series(1, 12) k,
         LATERAL (SELECT (DATE '2026-03-10' + make_interval(months => k - 1))::date AS day) d
    WHERE loan_id LIKE '{kind}-%';
"""
# The days are those before the contacts that are measured, the last one the day before.
_CONTACTS = """
INSERT INTO contact_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id, phone_id,
                              channel, template, purpose, reserved_at, sent_at, provider_ref,
                              status, policy_version, policy_sha256, facts)
    SELECT 'A-' || c.loan_id || '-' || k, 'A-' || c.loan_id || '-' || k, c.case_id, c.loan_id,
           l.borrower_id, l.borrower_id, 'sms', 'overdue_notice', 'collection', at, at, 'ref',
           'sent', c.policy_version, '{sha256}', '{{"time_zone": "UTC", "arrears_minor": 100000}}'
    FROM collection_cases c JOIN loans l USING (loan_id), generate_series(1, {contacts}) k,
         LATERAL (SELECT TIMESTAMPTZ '{noon}' - make_interval(days => k) AS at) t
    WHERE c.loan_id LIKE '{kind}-%';
"""
Taken = dict[int, list[float]]


def main(
    rounds: Annotated[int, typer.Option(help="How often each is measured")] = 7,
    anyway: Anyway = False,
) -> None:
    """Print the cost of a reservation at each size, and the ratio of the largest and smallest."""
    run_bench(_run(rounds), anyway=anyway)


async def _run(rounds: int) -> int:
    by_loans: Taken = defaultdict(list)
    by_contacts: Taken = defaultdict(list)
    async with migrated_database() as database:
        pool = database.pool
        version = await store_shipped_policy(pool, NOON)
        for loans in LOANS:
            await pool.execute(
                _INSERT.format(kind=f"loans{loans}", borrowers=BORROWERS, loans=loans)
            )
        for contacts in CONTACTS:
            await pool.execute(_INSERT.format(kind=f"past{contacts}", borrowers=BORROWERS, loans=1))
        cases = [
            case.case_id
            async for page in Scan(pool).open_cases(Cursor(), version, NOON)
            for case in page.to_start
        ]
        for contacts in CONTACTS:
            await pool.execute(_past(contacts))
        await pool.execute("VACUUM ANALYZE")
        wanted = {
            kind: _contacts([case for case in cases if case.startswith(f"{kind}-")])
            for kind in (*(f"loans{n}" for n in LOANS), *(f"past{n}" for n in CONTACTS))
        }
        for turn in range(rounds + 1):
            for taken, name, sizes in ((by_loans, "loans", LOANS), (by_contacts, "past", CONTACTS)):
                for size in sizes:
                    took = await reserve_each(database, wanted[f"{name}{size}"], RESERVATIONS)
                    if turn:
                        taken[size].append(took)
    say_growth("a reservation by the gate", "loans of the borrower", "ms of a processor", by_loans)
    say_growth(
        "a reservation by the gate", "contacts of the borrower", "ms of a processor", by_contacts
    )
    return 0


def _past(contacts: int) -> str:
    sha256 = fingerprint(read_policy(CHINA_POLICY))
    return _CONTACTS.format(kind=f"past{contacts}", contacts=contacts, noon=NOON, sha256=sha256)


def _contacts(case_ids: list[str]) -> Iterator[tuple[str, datetime]]:
    """A loan of each borrower, one borrower after the other; then it is the next day."""
    of_borrower = {case_id.split(":")[0].rsplit("-", 1)[0]: case_id for case_id in case_ids}
    for day in count():
        for case_id in of_borrower.values():
            yield case_id, NOON + timedelta(days=day)


if __name__ == "__main__":
    typer.run(main)
