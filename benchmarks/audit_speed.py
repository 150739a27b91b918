"""How long the audit takes on many attempts, guarantee by guarantee.

The loans, payments, events and attempts are invented in SQL and keep every guarantee, so that
every statement reads everything it has to.

    python -m benchmarks.audit_speed [--attempts 100000]
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from benchmarks.means.quiet import Anyway, run_bench
from database.audit import Audit
from database.migrate import apply_migrations
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool, open_pool
from embedded.postgres import EmbeddedPostgres
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ATTEMPTS_A_LOAN = 10
_BOOK = """
INSERT INTO borrowers SELECT 'B-' || n, 'Borrower', 'zh', 'Asia/Shanghai'
    FROM generate_series(1, $1::integer) n;
INSERT INTO phones SELECT 'T-' || n, 'B-' || n, '+86 000', 1 FROM generate_series(1, $1::integer) n;
INSERT INTO phone_confirmations
    SELECT 'T-' || n, 'origination', '2025-01-01' FROM generate_series(1, $1::integer) n;
INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor, annual_rate_percent,
                   term_months, oldest_unpaid_due_on, part_paid_minor, outstanding_minor,
                   in_collection)
    SELECT 'L-' || n, 'B-' || n, 'bench', 'CNY', 1200000, 12, 12, '2026-01-10', 3000, 1197000, true
    FROM generate_series(1, $1::integer) n;
ALTER TABLE loan_instalments DISABLE TRIGGER USER;
INSERT INTO loan_instalments
    SELECT 'L-' || n, k, day, day, 100000
    FROM generate_series(1, $1::integer) n, generate_series(1, 12) k,
         LATERAL (SELECT (DATE '2026-01-10' + make_interval(months => k - 1))::date AS day) d;
ALTER TABLE payments DISABLE TRIGGER USER;
INSERT INTO payments
    SELECT 'P-' || n || '-' || k, 'L-' || n, 1000, 'payment', at, at, NULL, 'bench'
    FROM generate_series(1, $1::integer) n, generate_series(1, 3) k,
         LATERAL (SELECT TIMESTAMPTZ '2026-02-01' + make_interval(days => k) AS at) t;
INSERT INTO collection_cases (case_id, loan_id, overdue_since, policy_version, opened_at,
                              started_at, stage)
    SELECT 'L-' || n, 'L-' || n, '2026-01-10', '{version}', '2026-01-11', '2026-01-11',
           'early_contact'
    FROM generate_series(1, $1::integer) n;
INSERT INTO case_events (case_id, loan_id, event_id, name, source, occurred_at, received_at, stage,
                         accepted, body, receipt)
    SELECT 'L-' || n, 'L-' || n, 'e-' || k, 'payment_received', 'bench', at, at, 'early_contact',
           true, json_build_object('payment_id', 'P-' || n || '-' || k, 'amount_minor', 1000), 'r'
    FROM generate_series(1, $1::integer) n, generate_series(1, 3) k,
         LATERAL (SELECT TIMESTAMPTZ '2026-02-01' + make_interval(days => k) AS at) t;
INSERT INTO case_events (case_id, loan_id, event_id, name, source, occurred_at, received_at, stage,
                         accepted, body, receipt)
    SELECT 'L-' || n, 'L-' || n, 'w', 'contact_preferences_changed', 'bench', '2026-01-12',
           '2026-01-12', 'early_contact', true,
           '{"blocked_channels": ["visit"], "blocked_phone_ids": [],
             "agreed_hours": [{"start": "08:30:00", "end": "21:00:00"}]}', 'r'
    FROM generate_series(1, $1::integer, 5) n;
INSERT INTO holds
    SELECT 'L-' || n, 'H', 'B-' || n, 'dispute', '2026-05-01', NULL, '2026-05-20'
    FROM generate_series(1, $1::integer, 3) n;
INSERT INTO contact_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id, phone_id,
                              channel, template, purpose, reserved_at, sent_at, provider_ref,
                              status, outcome, policy_version, policy_sha256, facts)
    SELECT 'A-' || n || '-' || k, 'L-' || n || '-' || k, 'L-' || n, 'L-' || n, 'B-' || n, 'T-' || n,
           CASE k % 2 WHEN 0 THEN 'sms' ELSE 'call' END, 'overdue_notice', 'collection', at, at,
           'ref', 'sent', CASE k % 2 WHEN 1 THEN 'no_answer' END, '{version}', '{sha256}',
           '{"time_zone": "Asia/Shanghai", "arrears_minor": 100000}'
    FROM generate_series(1, $1::integer) n, generate_series(1, $2::integer) k,
         LATERAL (SELECT TIMESTAMPTZ '2026-02-10 10:00+08' + make_interval(days => k) AS at) t;
INSERT INTO simulated_outbox (reference, channel, number, text, sent_at)
    SELECT attempt_id, channel, '+86 000', 'text', sent_at FROM contact_attempts;
"""


def main(
    attempts: Annotated[int, typer.Option(help="Contact attempts to audit")] = 100_000,
    anyway: Anyway = False,
) -> None:
    """Print the seconds of each guarantee and of the whole audit. Ends with 1 if it takes 10."""
    run_bench(_run(attempts), anyway=anyway)


async def _run(attempts: int) -> int:
    with TemporaryDirectory(prefix="loan-collections-") as directory:
        server = EmbeddedPostgres(Path(directory), durable=False)
        server.start()
        try:
            await apply_migrations(server.url("postgres"))
            pool = await open_pool(server.url("postgres"))
            await insert_book(pool, attempts)
            seconds = await _measure(pool)
            await pool.close()
        finally:
            await server.stop()
    typer.echo(f"all of it on {attempts} attempts: {seconds:.2f} s")
    return 0 if seconds < 10 else 1


async def insert_book(pool: Pool, attempts: int) -> None:
    """Put the loans with their payments, events and attempts on record, ten attempts a loan."""
    policy = read_policy(CHINA_POLICY)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), NOW)
    book = _BOOK.replace("{version}", policy.version).replace("{sha256}", fingerprint(policy))
    book = book.replace("$1", str(attempts // ATTEMPTS_A_LOAN)).replace("$2", str(ATTEMPTS_A_LOAN))
    await pool.execute(book)
    await pool.execute("ANALYZE")


async def _measure(pool: Pool) -> float:
    total = 0.0
    for guarantee in Audit.guarantees:
        began_at = time.perf_counter()
        broken = await Audit(pool).breaches_of(guarantee, NOW)
        took = time.perf_counter() - began_at
        total += took
        typer.echo(f"{guarantee:4} {took:6.2f} s   {len(broken)} broken {broken[:1] or ''}")
    return total


if __name__ == "__main__":
    typer.run(main)
