-- What a plan puts off waits for it; a broken plan is put back, or found to have been kept
-- depends: 0016-ways-in

-- migrate: apply

-- ---------------------------------------------------------------------------------------------
-- What is put off is put off until the plan is fulfilled, and not until a day: a hold may last
-- longer. Where the plan ends unfulfilled, it is due again as it was.
-- ---------------------------------------------------------------------------------------------

-- The day it would be due without the plan in force; NULL when no plan has put it off.
ALTER TABLE loan_instalments ADD COLUMN put_off_from date;

-- By how many months a plan puts off: its parts, and one more.
CREATE FUNCTION months_put_off(as_of date, last_due_on date) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(year FROM age(last_due_on, as_of)) * 12
            + extract(month FROM age(last_due_on, as_of)))::integer + 1
$$;

-- A due date so many months later. Months are added to the date of the contract, so that the end of
-- a short month is not kept for good.
CREATE FUNCTION put_off(contract_due_on date, due_on date, months integer) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
    SELECT (contract_due_on + make_interval(months => months
        + ((extract(year FROM due_on) - extract(year FROM contract_due_on)) * 12
           + extract(month FROM due_on) - extract(month FROM contract_due_on))::integer))::date
$$;

ALTER TABLE loan_instalments DISABLE TRIGGER USER;
UPDATE loan_instalments i SET put_off_from = put_off(i.contract_due_on, i.due_on, -g.months)
FROM (SELECT a.loan_id, a.as_of, months_put_off(a.as_of, max(p.due_on)) AS months
      FROM agreements a JOIN agreement_instalments p USING (agreement_id)
      WHERE a.status = 'signed' GROUP BY a.agreement_id) AS g
WHERE i.loan_id = g.loan_id AND i.due_on >= g.as_of
  AND put_off(i.contract_due_on, i.due_on, -g.months) >= i.contract_due_on;
ALTER TABLE loan_instalments ENABLE TRIGGER USER;
CREATE INDEX instalments_put_off ON loan_instalments (loan_id) WHERE put_off_from IS NOT NULL;

-- ---------------------------------------------------------------------------------------------
-- An agreement keeps the grace that its document states; of a broken one it is known which part was
-- missed, and until when it could have been paid: what was paid by then keeps the plan.
-- ---------------------------------------------------------------------------------------------
ALTER TABLE agreements
    ADD COLUMN grace_days integer CHECK (grace_days >= 0),  -- NULL: as the policy has it
    ADD COLUMN missed_part integer CHECK (missed_part > 0),
    ADD COLUMN missed_at timestamptz,
    ADD COLUMN reinstated integer NOT NULL DEFAULT 0;  -- times that a payment made in time was found

-- Since when the next part is asked for: when the one before it was covered, as far as we know.
CREATE FUNCTION part_open_since(of_agreement text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    WITH paid AS (
        SELECT greatest(p.received_at, p.recorded_at) AS at,
               sum(p.amount_minor) OVER (ORDER BY p.sequence) - g.carried_minor AS minor
        FROM agreements g JOIN payments p USING (loan_id)
        WHERE g.agreement_id = of_agreement AND p.kind = 'payment' AND p.reversed_at IS NULL
          AND p.sequence > g.counted_after
          AND (g.counted_until IS NULL OR p.sequence <= g.counted_until)
    ), parts AS (
        SELECT sum(amount_minor) OVER (ORDER BY number) AS minor
        FROM agreement_instalments WHERE agreement_id = of_agreement
    ), covered AS (
        SELECT max(minor) AS minor FROM parts WHERE minor <= (SELECT max(minor) FROM paid)
    )
    SELECT min(paid.at) FROM paid, covered WHERE paid.minor >= covered.minor
$$;

-- What a plan in force has put off is not overdue, however long the plan lasts.
CREATE OR REPLACE FUNCTION loan_debt(loan loans, today date)
RETURNS TABLE (oldest_unpaid_due_on date, arrears_minor bigint, outstanding_minor bigint)
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN overdue.minor = 0 AND loan.oldest_unpaid_due_on < today THEN today
                ELSE loan.oldest_unpaid_due_on END,
           overdue.minor, loan.outstanding_minor
    FROM (SELECT CASE WHEN loan.oldest_unpaid_due_on < today THEN greatest((
               SELECT least(coalesce(sum(amount_minor), 0), 9223372036854775807)::bigint
               FROM (SELECT amount_minor FROM loan_instalments
                     WHERE loan_id = loan.loan_id AND put_off_from IS NULL
                       AND due_on >= loan.oldest_unpaid_due_on AND due_on < today
                     UNION ALL
                     SELECT amount_minor FROM loan_charges
                     WHERE loan_id = loan.loan_id
                       AND due_on >= loan.oldest_unpaid_due_on AND due_on < today) AS overdue
               ) - coalesce(loan.part_paid_minor, 0), 0) ELSE 0 END AS minor) AS overdue
$$;

CREATE OR REPLACE FUNCTION debt_terms(of_loan text, zone text, policy text, today date) RETURNS json
LANGUAGE sql STABLE AS $$
    -- Agreements that are kept, and those that they replace: one chain, one waiver.
    WITH RECURSIVE kept AS (
        SELECT g.agreement_id, g.supersedes FROM agreements g
        WHERE g.loan_id = of_loan AND g.status IN ('signed', 'completed')
        UNION
        SELECT g.agreement_id, g.supersedes
        FROM kept k JOIN agreements g ON g.agreement_id = k.supersedes
    )
    SELECT json_build_object(
        'annual_rate_percent', l.annual_rate_percent::text,
        'penalty_rate_percent', l.penalty_rate_percent::text,
        'rate_cap_basis_points', (
            SELECT (p.body #>> '{plan,rate_cap,value}')::integer FROM policies p
            WHERE p.version = policy),
        'allocation_order', l.allocation_order,
        'tolerance_minor', l.arrears_tolerance_minor,
        'dues', (
            SELECT coalesce(json_agg(d), '[]') FROM (
                -- What is put off is not overdue, on whatever day it would have fallen due.
                SELECT CASE WHEN put_off_from IS NULL THEN due_on ELSE greatest(due_on, today) END
                           AS due_on, interest_minor, principal_minor, 0 AS penalty_minor
                FROM loan_instalments WHERE loan_id = of_loan
                UNION ALL
                SELECT due_on, 0, 0, amount_minor FROM loan_charges WHERE loan_id = of_loan) AS d),
        'payments', (
            SELECT coalesce(json_agg(json_build_object(
                'payment_id', p.payment_id, 'amount_minor', p.amount_minor, 'kind', p.kind,
                -- Whatever is on record counts, as it does in `loan_debt`.
                'received_on', least((p.received_at AT TIME ZONE zone)::date, today))), '[]')
            FROM payments p WHERE p.loan_id = of_loan AND p.reversed_at IS NULL),
        'pauses', (
            SELECT coalesce(json_agg(json_build_object(
                'after', g.as_of, 'until', (g.ended_at AT TIME ZONE zone)::date)), '[]')
            FROM agreements g WHERE g.loan_id = of_loan AND g.signed_at IS NOT NULL),
        -- A waiver holds while its agreement is kept: a broken one leaves only what was charged.
        'settled_penalty_minor', (
            SELECT coalesce(sum(CASE WHEN g.agreement_id IN (SELECT k.agreement_id FROM kept k)
                                     THEN g.penalty_minor
                                     ELSE greatest(g.penalty_minor - g.waiver_minor, 0) END), 0)
            FROM agreements g WHERE g.loan_id = of_loan AND g.signed_at IS NOT NULL))
    FROM loans l WHERE l.loan_id = of_loan
$$;

CREATE OR REPLACE FUNCTION case_facts(of_case text, at timestamptz) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'as_of', at,
        'borrower_id', l.borrower_id,
        'lender', l.lender,
        'currency', l.currency,
        'time_zone', b.time_zone,
        'overdue_since', d.oldest_unpaid_due_on,
        'arrears_minor', d.arrears_minor,
        'outstanding_minor', d.outstanding_minor,
        'payments_seen', last_payment(l.loan_id),
        'last_payment_at', (
            SELECT max(p.received_at) FROM payments p
            WHERE p.loan_id = l.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL),
        'holds', (
            SELECT coalesce(json_agg(json_build_object(
                'hold_id', h.hold_id, 'reason', h.reason, 'until', h.until) ORDER BY h.hold_id), '[]')
            FROM holds h
            WHERE h.borrower_id = l.borrower_id AND h.released_at IS NULL
              AND (h.until IS NULL OR h.until > at)),
        'promises', (
            SELECT coalesce(json_agg(json_build_object(
                'promise_id', p.promise_id, 'amount_minor', p.amount_minor, 'due_on', p.due_on,
                'paid_minor', (
                    SELECT coalesce(sum(q.amount_minor), 0) FROM payments q
                    WHERE q.loan_id = l.loan_id AND q.kind = 'payment' AND q.reversed_at IS NULL
                      AND q.sequence > p.made_after)) ORDER BY p.due_on), '[]')
            FROM promises p WHERE p.loan_id = l.loan_id AND p.status = 'open'),
        'complaints', (
            SELECT coalesce(json_agg(json_build_object(
                'complaint_id', o.complaint_id, 'filed_at', o.filed_at,
                'answer_due_at', o.answer_due_at, 'extensions', (
                    SELECT count(*) FROM complaint_extensions x
                    WHERE x.loan_id = o.loan_id AND x.complaint_id = o.complaint_id))
                ORDER BY o.filed_at, o.complaint_id), '[]')
            FROM complaints o WHERE o.loan_id = l.loan_id AND o.resolved_at IS NULL),
        'agreed_hours', b.agreed_hours,
        'messages_sent', (
            SELECT count(*) FROM contact_attempts a
            WHERE a.case_id = c.case_id AND a.channel = 'sms' AND a.purpose = 'collection'
              AND a.status IN ('sent', 'unknown')),
        'calls_made', (
            SELECT count(*) FROM contact_attempts a
            WHERE a.case_id = c.case_id AND a.channel = 'call' AND a.purpose = 'collection'
              AND a.status IN ('sent', 'unknown')),
        'address_ids', (
            SELECT coalesce(json_agg(a.address_id ORDER BY a.address_id), '[]') FROM addresses a
            WHERE a.borrower_id = l.borrower_id AND a.status = 'usable'),
        'has_contact_person', EXISTS (
            SELECT FROM phones p
            WHERE p.borrower_id = l.borrower_id AND p.relation = 'contact_person'
              AND p.status = 'usable'),
        'barred_badge_ids', (
            SELECT coalesce(json_agg(x.badge_id ORDER BY x.badge_id), '[]') FROM crew_bars x
            WHERE x.borrower_id = l.borrower_id),
        'visit_blocked', 'visit' = ANY (b.blocked_channels),
        'plan_total_minor', g.total_minor,
        'plan_settles_loan', g.agreement_id IS NOT NULL AND l.arrears_tolerance_minor
            >= l.outstanding_minor - greatest(g.waiver_minor - g.penalty_minor, 0),
        'part_open_since', part_open_since(g.agreement_id),
        'plan_paid_minor', coalesce((
            SELECT k.paid_minor FROM agreement_balances k
            WHERE k.agreement_id = g.agreement_id), 0)
    )
    FROM collection_cases c
    JOIN loans l USING (loan_id)
    JOIN borrowers b USING (borrower_id)
    LEFT JOIN agreements g ON g.case_id = c.case_id AND g.status = 'signed'
    CROSS JOIN LATERAL loan_debt(l, (at AT TIME ZONE b.time_zone)::date) d
    WHERE c.case_id = of_case
$$;

-- Not validated, as in 0008: the lists only grow, and what is written already is held by the old ones.
ALTER TABLE contact_attempts
    DROP CONSTRAINT contact_attempts_template_check,
    ADD CONSTRAINT contact_attempts_template_check CHECK (template IN
    ('overdue_notice', 'overdue_call', 'credit_report_warning', 'visit_invitation',
     'visit_appointment', 'visit_reminder', 'visit_called_off', 'how_to_pay', 'visit_closing',
     'part_reminder', 'payment_help', 'plan_broken', 'legal_notice', 'paid_notice',
     'settled_notice', 'plan_completed_notice', 'locate_message', 'locate_call', 'first_message',
     'plan_goes_on'))
    NOT VALID;
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'waiver_approval_wanted',
         'agreement_offered', 'renegotiation_ended', 'first_payment_help', 'complaint_to_answer',
         'complaint_due_soon', 'complaint_overdue', 'review_wanted', 'legal_package_ready',
         'overpaid', 'owed_beside_plan')) NOT VALID;

-- migrate: rollback
ALTER TABLE contact_attempts
    DROP CONSTRAINT contact_attempts_template_check,
    ADD CONSTRAINT contact_attempts_template_check CHECK (template IN
    ('overdue_notice', 'overdue_call', 'credit_report_warning', 'visit_invitation',
     'visit_appointment', 'visit_reminder', 'visit_called_off', 'how_to_pay', 'visit_closing',
     'part_reminder', 'payment_help', 'plan_broken', 'legal_notice', 'paid_notice',
     'settled_notice', 'plan_completed_notice', 'locate_message', 'locate_call',
     'first_message')) NOT VALID;
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'waiver_approval_wanted',
         'agreement_offered', 'renegotiation_ended', 'first_payment_help', 'complaint_to_answer',
         'complaint_due_soon', 'complaint_overdue', 'review_wanted', 'legal_package_ready'))
        NOT VALID;
CREATE OR REPLACE FUNCTION case_facts(of_case text, at timestamptz) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'as_of', at,
        'borrower_id', l.borrower_id,
        'lender', l.lender,
        'currency', l.currency,
        'time_zone', b.time_zone,
        'overdue_since', d.oldest_unpaid_due_on,
        'arrears_minor', d.arrears_minor,
        'outstanding_minor', d.outstanding_minor,
        'payments_seen', last_payment(l.loan_id),
        'last_payment_at', (
            SELECT max(p.received_at) FROM payments p
            WHERE p.loan_id = l.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL),
        'holds', (
            SELECT coalesce(json_agg(json_build_object(
                'hold_id', h.hold_id, 'reason', h.reason, 'until', h.until) ORDER BY h.hold_id), '[]')
            FROM holds h
            WHERE h.borrower_id = l.borrower_id AND h.released_at IS NULL
              AND (h.until IS NULL OR h.until > at)),
        'promises', (
            SELECT coalesce(json_agg(json_build_object(
                'promise_id', p.promise_id, 'amount_minor', p.amount_minor, 'due_on', p.due_on,
                'paid_minor', (
                    SELECT coalesce(sum(q.amount_minor), 0) FROM payments q
                    WHERE q.loan_id = l.loan_id AND q.kind = 'payment' AND q.reversed_at IS NULL
                      AND q.sequence > p.made_after)) ORDER BY p.due_on), '[]')
            FROM promises p WHERE p.loan_id = l.loan_id AND p.status = 'open'),
        'complaints', (
            SELECT coalesce(json_agg(json_build_object(
                'complaint_id', o.complaint_id, 'filed_at', o.filed_at,
                'answer_due_at', o.answer_due_at, 'extensions', (
                    SELECT count(*) FROM complaint_extensions x
                    WHERE x.loan_id = o.loan_id AND x.complaint_id = o.complaint_id))
                ORDER BY o.filed_at, o.complaint_id), '[]')
            FROM complaints o WHERE o.loan_id = l.loan_id AND o.resolved_at IS NULL),
        'agreed_hours', b.agreed_hours,
        'messages_sent', (
            SELECT count(*) FROM contact_attempts a
            WHERE a.case_id = c.case_id AND a.channel = 'sms' AND a.purpose = 'collection'
              AND a.status IN ('sent', 'unknown')),
        'calls_made', (
            SELECT count(*) FROM contact_attempts a
            WHERE a.case_id = c.case_id AND a.channel = 'call' AND a.purpose = 'collection'
              AND a.status IN ('sent', 'unknown')),
        'address_ids', (
            SELECT coalesce(json_agg(a.address_id ORDER BY a.address_id), '[]') FROM addresses a
            WHERE a.borrower_id = l.borrower_id AND a.status = 'usable'),
        'has_contact_person', EXISTS (
            SELECT FROM phones p
            WHERE p.borrower_id = l.borrower_id AND p.relation = 'contact_person'
              AND p.status = 'usable'),
        'barred_badge_ids', (
            SELECT coalesce(json_agg(x.badge_id ORDER BY x.badge_id), '[]') FROM crew_bars x
            WHERE x.borrower_id = l.borrower_id),
        'visit_blocked', 'visit' = ANY (b.blocked_channels),
        'plan_total_minor', g.total_minor,
        'plan_paid_minor', coalesce((
            SELECT k.paid_minor FROM agreement_balances k
            WHERE k.agreement_id = g.agreement_id), 0)
    )
    FROM collection_cases c
    JOIN loans l USING (loan_id)
    JOIN borrowers b USING (borrower_id)
    LEFT JOIN agreements g ON g.case_id = c.case_id AND g.status = 'signed'
    CROSS JOIN LATERAL loan_debt(l, (at AT TIME ZONE b.time_zone)::date) d
    WHERE c.case_id = of_case
$$;
CREATE OR REPLACE FUNCTION debt_terms(of_loan text, zone text, policy text, today date) RETURNS json
LANGUAGE sql STABLE AS $$
    -- Agreements that are kept, and those that they replace: one chain, one waiver.
    WITH RECURSIVE kept AS (
        SELECT g.agreement_id, g.supersedes FROM agreements g
        WHERE g.loan_id = of_loan AND g.status IN ('signed', 'completed')
        UNION
        SELECT g.agreement_id, g.supersedes
        FROM kept k JOIN agreements g ON g.agreement_id = k.supersedes
    )
    SELECT json_build_object(
        'annual_rate_percent', l.annual_rate_percent::text,
        'penalty_rate_percent', l.penalty_rate_percent::text,
        'rate_cap_basis_points', (
            SELECT (p.body #>> '{plan,rate_cap,value}')::integer FROM policies p
            WHERE p.version = policy),
        'allocation_order', l.allocation_order,
        'tolerance_minor', l.arrears_tolerance_minor,
        'dues', (
            SELECT coalesce(json_agg(d), '[]') FROM (
                SELECT due_on, interest_minor, principal_minor, 0 AS penalty_minor
                FROM loan_instalments WHERE loan_id = of_loan
                UNION ALL
                SELECT due_on, 0, 0, amount_minor FROM loan_charges WHERE loan_id = of_loan) AS d),
        'payments', (
            SELECT coalesce(json_agg(json_build_object(
                'payment_id', p.payment_id, 'amount_minor', p.amount_minor, 'kind', p.kind,
                -- Whatever is on record counts, as it does in `loan_debt`.
                'received_on', least((p.received_at AT TIME ZONE zone)::date, today))), '[]')
            FROM payments p WHERE p.loan_id = of_loan AND p.reversed_at IS NULL),
        'pauses', (
            SELECT coalesce(json_agg(json_build_object(
                'after', g.as_of, 'until', (g.ended_at AT TIME ZONE zone)::date)), '[]')
            FROM agreements g WHERE g.loan_id = of_loan AND g.signed_at IS NOT NULL),
        -- A waiver holds while its agreement is kept: a broken one leaves only what was charged.
        'settled_penalty_minor', (
            SELECT coalesce(sum(CASE WHEN g.agreement_id IN (SELECT k.agreement_id FROM kept k)
                                     THEN g.penalty_minor
                                     ELSE greatest(g.penalty_minor - g.waiver_minor, 0) END), 0)
            FROM agreements g WHERE g.loan_id = of_loan AND g.signed_at IS NOT NULL))
    FROM loans l WHERE l.loan_id = of_loan
$$;
CREATE OR REPLACE FUNCTION loan_debt(loan loans, today date)
RETURNS TABLE (oldest_unpaid_due_on date, arrears_minor bigint, outstanding_minor bigint)
LANGUAGE sql STABLE AS $$
    SELECT loan.oldest_unpaid_due_on,
           CASE WHEN loan.oldest_unpaid_due_on < today THEN greatest((
               SELECT least(coalesce(sum(amount_minor), 0), 9223372036854775807)::bigint
               FROM (SELECT amount_minor FROM loan_instalments
                     WHERE loan_id = loan.loan_id
                       AND due_on >= loan.oldest_unpaid_due_on AND due_on < today
                     UNION ALL
                     SELECT amount_minor FROM loan_charges
                     WHERE loan_id = loan.loan_id
                       AND due_on >= loan.oldest_unpaid_due_on AND due_on < today) AS overdue
               ) - coalesce(loan.part_paid_minor, 0), 0) ELSE 0 END,
           loan.outstanding_minor
$$;
DROP FUNCTION part_open_since;
ALTER TABLE agreements DROP COLUMN grace_days, DROP COLUMN missed_part, DROP COLUMN missed_at,
    DROP COLUMN reinstated;
DROP INDEX instalments_put_off;
ALTER TABLE loan_instalments DROP COLUMN put_off_from;
DROP FUNCTION put_off, months_put_off;
