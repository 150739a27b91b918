-- The rows that the state of a case follows from; and which cases should run, which runs have one.

-- name: case_records(case_ids)
-- One JSON object a case, as `domain/case/rebuilt/record.py` reads it. Keys are those within the
-- case; events are those that were accepted, with the reversals that came while it was closed: they
-- reopen it.
SELECT json_build_object(
    'case_id', c.case_id,
    'loan_id', c.loan_id,
    'number', c.place,
    'time_zone', b.time_zone,
    'policy_version', c.policy_version,
    'end', CASE WHEN c.closed_at IS NOT NULL THEN json_build_object(
        'outcome', c.outcome, 'closed_at', c.closed_at) END,
    'is_finished', NOT (c.closed_at IS NULL OR c.is_ending),
    'opened_at', c.opened_at,
    'stage', c.stage,
    'stage_entered_at', c.stage_entered_at,
    'keeps_moments', c.keeps_moments,
    'moments', json_build_object(
        'stage_ends_at', c.stage_ends_at, 'held_since', c.held_since,
        'cooling_until', c.cooling_until, 'last_visit_ended_at', c.last_visit_ended_at,
        'last_released_at', c.last_released_at),
    'events', (
        SELECT coalesce(json_agg(json_build_object(
            'sequence', e.sequence, 'event_id', e.event_id, 'name', e.name,
            'judged_at', coalesce(e.judged_at, e.received_at), 'body', e.body)
            ORDER BY e.sequence), '[]')
        FROM case_events e WHERE e.accepted AND (
            e.case_id = c.case_id
            OR e.loan_id = c.loan_id AND e.case_id IS NULL AND e.name = 'payment_reversed'
               AND e.received_at >= c.opened_at)),
    'event_ids', (
        SELECT coalesce(json_agg(last.event_id ORDER BY last.sequence), '[]')
        FROM (SELECT e.event_id, e.sequence FROM case_events e
              WHERE e.case_id = c.case_id AND NOT e.may_come_again
              ORDER BY e.sequence DESC LIMIT 500) AS last),
    'contacts', (
        SELECT coalesce(json_agg(json_build_object(
            'key', substr(t.intent_key, length(c.case_id) + 2), 'at', t.at, 'fate', t.fate)
            ORDER BY t.at, t.intent_key), '[]')
        FROM (SELECT a.intent_key, coalesce(a.sent_at, a.reserved_at) AS at, a.status AS fate
              FROM contact_attempts a WHERE a.case_id = c.case_id
              UNION ALL
              SELECT r.intent_key, r.at,
                     CASE WHEN r.retry_at IS NULL THEN 'refused' ELSE 'put_off' END
              FROM contact_refusals r WHERE r.case_id = c.case_id) AS t),
    'reserved', (
        SELECT coalesce(json_agg(json_build_object(
            'key', a.intent_key, 'case_id', a.case_id, 'channel', a.channel,
            'purpose', a.purpose, 'template', a.template) ORDER BY a.reserved_at), '[]')
        FROM contact_attempts a WHERE a.case_id = c.case_id AND a.status = 'reserved'),
    'notices', (
        SELECT coalesce(json_agg(json_build_object(
            'key', substr(n.notice_id, length(c.case_id) + 2), 'audience', n.audience,
            'kind', n.kind, 'at', n.created_at) ORDER BY n.created_at, n.notice_id), '[]')
        FROM staff_notices n WHERE n.case_id = c.case_id),
    'visits', (
        SELECT coalesce(json_agg(json_build_object(
            'visit_id', v.visit_id, 'address_id', v.address_id, 'applicant_id', v.applicant_id,
            'status', v.status, 'asked_at', v.asked_at, 'is_approved', v.approved_at IS NOT NULL,
            'approver_id', v.approver_id, 'approval_expires_at', v.approval_expires_at,
            'approved_arrears_minor', (
                SELECT a.arrears_minor FROM visit_approvals a WHERE a.visit_id = v.visit_id
                ORDER BY a.approved_at DESC LIMIT 1),
            'approvals_voided', (
                SELECT count(*) FROM visit_approvals a
                WHERE a.visit_id = v.visit_id AND a.ended_because <> 'withdrawn'),
            'ended_at', v.ended_at) ORDER BY v.requested_at, v.visit_id), '[]')
        FROM visits v WHERE v.case_id = c.case_id),
    'appointments', (
        SELECT coalesce(json_agg(json_build_object(
            'visit_id', s.visit_id, 'given_up_at', s.given_up_at,
            'borrower_to_tell', s.borrower_to_tell,
            'slot', json_build_object('slot_id', s.slot_id, 'start', lower(s.slot),
                                      'end', upper(s.slot), 'badge_ids', s.badge_ids))
            ORDER BY s.slot, s.slot_id), '[]')
        FROM (SELECT k.visit_id, k.slot_id, k.slot, max(k.given_up_at) AS given_up_at,
                     bool_or(k.borrower_to_tell) AS borrower_to_tell,
                     json_agg(k.badge_id ORDER BY k.badge_id) AS badge_ids
              FROM visits v JOIN visit_crew k USING (visit_id) WHERE v.case_id = c.case_id
              GROUP BY k.visit_id, k.slot_id, k.slot) AS s),
    'plans', (
        SELECT coalesce(json_agg(json_build_object(
            'event_id', p.event_id, 'proposed', p.proposed, 'given_up_at', p.given_up_at)
            ORDER BY e.sequence), '[]')
        FROM proposed_plans p
        JOIN case_events e ON e.case_id = p.case_id AND e.event_id = p.event_id AND e.accepted
        WHERE p.case_id = c.case_id),
    'agreements', (
        SELECT coalesce(json_agg(json_build_object(
            'agreement_id', g.agreement_id, 'plan_id', g.plan_id, 'visit_id', g.visit_id,
            'status', g.status, 'supersedes', g.supersedes,
            'document_sha256', g.document_sha256, 'counted_from', g.counted_from,
            'counted_after', g.counted_after, 'expires_at', g.expires_at,
            'signed_at', g.signed_at, 'ended_at', g.ended_at, 'grace_days', g.grace_days,
            'missed_at', g.missed_at, 'reinstated', g.reinstated, 'as_of', g.as_of, 'total_minor', g.total_minor,
            'waiver_minor', g.waiver_minor, 'penalty_minor', g.penalty_minor, 'parts', (
                SELECT json_agg(json_build_object(
                    'number', i.number, 'due_on', i.due_on, 'amount_minor', i.amount_minor)
                    ORDER BY i.number)
                FROM agreement_instalments i WHERE i.agreement_id = g.agreement_id))
            ORDER BY g.offered_at, g.agreement_id), '[]')
        FROM agreements g WHERE g.case_id = c.case_id))::text AS record
FROM collection_cases c JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
WHERE c.case_id = ANY (:case_ids::text[])
ORDER BY c.case_id;

-- name: cases_that_run(after_loan, size)
-- One keyset page of cases that are to have a run, by the index unfinished_cases: of each loan the
-- open one, or else the one that ended last. A case that was never taken up is the scan's, unless
-- what it was opened for has been paid since: the scan looks for what is overdue.
SELECT DISTINCT ON (c.loan_id) c.loan_id, c.case_id
FROM collection_cases c JOIN loans l USING (loan_id)
WHERE (c.closed_at IS NULL OR c.is_ending) AND c.loan_id > :after_loan
  AND (c.started_at IS NOT NULL
       OR coalesce(l.oldest_unpaid_due_on > c.overdue_since, true))
ORDER BY c.loan_id, c.closed_at DESC NULLS FIRST LIMIT :size;

-- name: cases_of_loans(loan_ids)
-- Of each loan that is on record its open case, or else the one that ended last; nulls without one.
SELECT l.loan_id, c.case_id, c.stage, c.closed_at
FROM loans l LEFT JOIN LATERAL (
    SELECT case_id, stage, closed_at FROM collection_cases
    WHERE loan_id = l.loan_id
    ORDER BY closed_at DESC NULLS FIRST LIMIT 1) AS c ON true
WHERE l.loan_id = ANY (:loan_ids::text[]);

-- name: open_case_of_loan(loan_id)$
SELECT case_id FROM collection_cases WHERE loan_id = :loan_id AND closed_at IS NULL;

-- name: unfinished_case_of_loan(loan_id)$
-- The open one, or else one whose end is not finished.
SELECT case_id FROM collection_cases
WHERE loan_id = :loan_id AND (closed_at IS NULL OR is_ending)
ORDER BY closed_at DESC NULLS FIRST LIMIT 1;
