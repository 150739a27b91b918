-- What the workflow and the contact gate ask for, each in one round trip
-- depends: 0005-agreements

-- migrate: apply

-- What a debt statement is drawn from: the contract, its dues and what was paid, as of a day. The
-- statement itself is computed in one place only, `domain/debt_statement.py`.
CREATE FUNCTION debt_terms(of_loan text, zone text, policy text, today date) RETURNS json
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

-- What was paid of each agreement since it was proposed, while it lasted, and what completes it.
-- Amounts that an agreement it replaces had counted are left out.
CREATE VIEW agreement_balances AS
SELECT g.agreement_id, g.case_id, g.status, p.paid_minor,
       greatest(g.total_minor - p.paid_minor, 0) AS rest_minor
FROM agreements g
CROSS JOIN LATERAL (
    SELECT (coalesce(sum(p.amount_minor), 0) - g.carried_minor)::bigint AS paid_minor
    FROM payments p
    WHERE p.loan_id = g.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL
      AND p.recorded_at >= g.counted_from
      AND p.recorded_at <= coalesce(g.ended_at, 'infinity')) AS p;

-- The snapshot a case is decided on: ids, dates and amounts, nothing about the person.
CREATE FUNCTION case_facts(of_case text, at timestamptz) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'as_of', at,
        'borrower_id', l.borrower_id,
        'lender', l.lender,
        'currency', l.currency,
        'time_zone', b.time_zone,
        'overdue_since', d.oldest_unpaid_due_on,
        'arrears_minor', d.arrears_minor,
        'outstanding_minor', d.outstanding_minor,
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
                      AND q.recorded_at >= p.made_at)) ORDER BY p.due_on), '[]')
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

-- What the gate decides on, across all loans of the borrower, and what the message says.
-- All of it is of one moment, and so is the borrower's revision that comes with it: whoever
-- reserves a contact on these facts names it, and only one of two senders can be right.
-- Past contacts are those of the longest window of the two policies that are asked: the case's
-- own, and the current one, which looks so many days back.
CREATE FUNCTION contact_facts(of_case text, intent text, asked_at timestamptz, days_back integer,
                              OUT recipient json, OUT facts json)
-- Planning it for each call costs more than the best plan saves.
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    this_case collection_cases;
    loan loans;
    person borrowers;
    pinned record;
    debt record;
    moment timestamptz;
    since timestamptz;  -- contacts count
    -- What few messages speak of is looked up only where it is there.
    open_visit text;
    signed_plan text;
    visit_details json;
    plan_details json;
    received_details json;
BEGIN
    SELECT * INTO STRICT this_case FROM collection_cases WHERE case_id = of_case;
    SELECT * INTO STRICT loan FROM loans WHERE loan_id = this_case.loan_id;
    SELECT * INTO STRICT person FROM borrowers WHERE borrower_id = loan.borrower_id;
    SELECT sha256, longest_window_days INTO STRICT pinned
    FROM policies WHERE version = this_case.policy_version;
    moment := greatest(asked_at, person.last_event_at);
    since := moment - make_interval(hours => 24 * greatest(pinned.longest_window_days, days_back));
    SELECT * INTO debt FROM loan_debt(loan, (moment AT TIME ZONE person.time_zone)::date);
    SELECT visit_id INTO open_visit FROM visits WHERE case_id = of_case AND ended_at IS NULL;
    SELECT agreement_id INTO signed_plan
    FROM agreements WHERE case_id = of_case AND status = 'signed';

    IF open_visit IS NOT NULL THEN
        SELECT json_build_object(
                   'visit_code', v.visit_code, 'starts_at', lower(v.slot),
                   'crew', (SELECT json_agg(m.full_name || ' ' || m.badge_id ORDER BY m.badge_id)
                            FROM visit_crew k JOIN crew_members m USING (badge_id)
                            WHERE k.slot_id = v.slot_id AND k.released_at IS NULL))
        INTO visit_details FROM visits v WHERE v.visit_id = open_visit;
    END IF;

    IF signed_plan IS NOT NULL THEN
        -- Which part comes next, and what is missing of it: `domain/plan_progress.py`.
        SELECT json_build_object(
                   'paid_minor', k.paid_minor, 'parts', (
                       SELECT json_agg(json_build_object(
                           'number', i.number, 'due_on', i.due_on,
                           'amount_minor', i.amount_minor) ORDER BY i.number)
                       FROM agreement_instalments i WHERE i.agreement_id = signed_plan))
        INTO plan_details FROM agreement_balances k WHERE k.agreement_id = signed_plan;
    END IF;

    IF this_case.closed_at IS NOT NULL THEN
        -- Under the plan that was fulfilled, or else under the case; said when it has ended.
        SELECT json_build_object(
                   'amount_minor', sum(p.amount_minor),
                   'last_on', (max(p.received_at) AT TIME ZONE person.time_zone)::date)
        INTO received_details FROM payments p
        WHERE p.loan_id = this_case.loan_id AND p.kind <> 'waiver' AND p.reversed_at IS NULL
          AND p.recorded_at >= coalesce((
              SELECT max(g.counted_from) FROM agreements g
              WHERE g.case_id = of_case AND g.status = 'completed'), this_case.opened_at)
        HAVING count(*) > 0;
    END IF;

    SELECT
        json_build_object(
            'at', moment,
            'revision', person.revision,
            'borrower_id', person.borrower_id,
            'loan_id', loan.loan_id,
            'lender', loan.lender,
            'currency', loan.currency,
            'full_name', person.full_name,
            'language', person.language,
            'policy_version', this_case.policy_version,
            'policy_sha256', pinned.sha256,
            'overdue_since', debt.oldest_unpaid_due_on,
            'is_tried', EXISTS (SELECT FROM contact_attempts a WHERE a.intent_key = intent),
            'visit', visit_details,
            'plan', plan_details,
            'received', received_details),
        json_build_object(
            'time_zone', person.time_zone,
            'loan_id', loan.loan_id,
            'case_open', this_case.closed_at IS NULL,
            'arrears_minor', debt.arrears_minor,
            'holds', to_json(ARRAY(
                SELECT json_build_object(
                    'hold_id', h.hold_id, 'reason', h.reason, 'until', h.until)
                FROM holds h
                WHERE h.borrower_id = person.borrower_id AND h.released_at IS NULL
                  AND (h.until IS NULL OR h.until > moment))),
            'blocked_channels', person.blocked_channels,
            'agreed_hours', person.agreed_hours,
            'promise_open', EXISTS (
                SELECT FROM promises p WHERE p.loan_id = loan.loan_id AND p.status = 'open'),
            'plan_honoured', signed_plan IS NOT NULL,
            -- A call is pending when it is not reported back, or when the report leaves it open
            -- whether a conversation took place.
            'attempts', to_json(ARRAY(
                SELECT past
                FROM (SELECT a.reserved_at AS at, a.channel, a.purpose, a.phone_id, a.loan_id,
                             CASE WHEN a.outcome = 'connected' THEN 'connected'
                                  WHEN a.outcome IN ('no_answer', 'busy', 'invalid_number',
                                                     'wrong_person') THEN 'unanswered'
                                  ELSE 'pending' END AS fate
                      FROM contact_attempts a
                      WHERE a.borrower_id = person.borrower_id AND a.reserved_at > since
                        AND a.status <> 'failed' AND a.intent_key <> intent
                      ORDER BY a.reserved_at) AS past)),
            'phones', to_json(ARRAY(
                SELECT json_build_object('phone_id', n.phone_id, 'usable', n.usable,
                                         'blocked', n.blocked, 'relation', n.relation)
                -- A number is one number, also where it has several entries; his own comes first.
                FROM (SELECT DISTINCT ON (p.number)
                             p.phone_id, p.status = 'usable' AS usable,
                             p.blocked_at IS NOT NULL AS blocked, p.relation, p.priority
                      FROM phones p WHERE p.borrower_id = person.borrower_id
                      ORDER BY p.number, p.relation <> 'self', p.priority, p.phone_id) AS n
                ORDER BY n.priority, n.phone_id)))
    INTO recipient, facts;
END;
$$;

-- One round trip: what a provider has taken is written down, and the facts that follow from it.
CREATE FUNCTION record_sent(of_attempt text, its_provider_ref text, at timestamptz, of_case text,
                            facts_at timestamptz) RETURNS json
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE contact_attempts
    SET status = 'sent', provider_ref = its_provider_ref, sent_at = coalesce(sent_at, at)
    WHERE attempt_id = of_attempt;
    UPDATE visits SET notice_sent_at = at, status = 'proposed'
    WHERE case_id = of_case AND ended_at IS NULL AND status = 'approved'
      AND EXISTS (SELECT FROM contact_attempts a
                  WHERE a.attempt_id = of_attempt AND a.template = 'visit_appointment');
    RETURN case_facts(of_case, facts_at);
END;
$$;

-- migrate: rollback
DROP FUNCTION record_sent;
DROP FUNCTION contact_facts;
DROP FUNCTION case_facts;
DROP VIEW agreement_balances;
DROP FUNCTION debt_terms;
