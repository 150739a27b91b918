-- A plan that is in force again puts off what it had put off; a hold that a case has not seen counts
-- depends: 0030-links-for-less

-- migrate: apply

-- Of an instalment that a plan had put off until it was fulfilled: the day it was due without that
-- plan. Should the payment that fulfilled it bounce, the plan is in force again, and puts off from
-- there; broken, it leaves the contract.
ALTER TABLE loan_instalments ADD COLUMN resumed_from date;

-- When the last hold on the borrower has ended, on whichever loan: a case may sleep through it.
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
        'last_hold_ended_at', (
            SELECT max(least(h.released_at, h.until)) FROM holds h
            WHERE h.borrower_id = l.borrower_id AND least(h.released_at, h.until) <= at),
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

-- migrate: rollback
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
ALTER TABLE loan_instalments DROP COLUMN resumed_from;
