-- name: case_facts(case_id, now)$
-- The snapshot a case is decided on.
SELECT case_facts(:case_id, :now)::text;

-- name: debt_terms(case_id, now)$
-- What a debt statement is drawn from. Apart from the facts: few decisions need it.
SELECT debt_terms(l.loan_id, b.time_zone, c.policy_version,
                  (:now::timestamptz AT TIME ZONE b.time_zone)::date)::text
FROM collection_cases c JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
WHERE c.case_id = :case_id;

-- name: take_up_case(case_id)^
-- Marks the case's workflow as running; answers with the policy it is pinned to. A case that was
-- reopened goes on counting its visits and plans where it stopped: the numbers are part of ids.
UPDATE collection_cases c SET started_at = coalesce(c.started_at, c.opened_at)
FROM policies p
WHERE c.case_id = :case_id AND p.version = c.policy_version
RETURNING p.body::text AS policy,
          -- An end that was asked for, overtaken by a payment, and is due again: that has bounced.
          (SELECT e.body ->> 'outcome' FROM case_events e
           WHERE e.case_id = c.case_id AND e.name = 'case_closed' AND e.accepted
           ORDER BY e.sequence DESC LIMIT 1) AS closed_as,
          c.place AS number,
          (SELECT count(*) FROM visits v WHERE v.case_id = c.case_id) AS applications,
          (SELECT count(*) FROM visits v WHERE v.case_id = c.case_id
             AND v.status IN ('completed', 'missed')) AS visits,
          (SELECT max(v.ended_at) FROM visits v WHERE v.case_id = c.case_id) AS last_visit_ended_at,
          c.cooling_until,
          -- As many as were proposed, also where no agreement came of them.
          (SELECT greatest(
               coalesce(max(substring(k.plan_id FROM '[0-9]+$')::integer), 0),
               (SELECT count(*) FROM case_events e WHERE e.case_id = c.case_id AND e.accepted
                  AND e.name = 'visit_reported' AND e.body ->> 'outcome' = 'agreed'))
           FROM (SELECT g.plan_id FROM agreements g WHERE g.case_id = c.case_id
                 UNION ALL
                 SELECT p.plan_id FROM proposed_plans p WHERE p.case_id = c.case_id) k) AS plans,
          (SELECT count(*) FROM agreements g
           WHERE g.case_id = c.case_id AND g.status = 'broken') AS broken_plans;

-- name: enter_stage(case_id, stage, now)!
UPDATE collection_cases SET stage = :stage, stage_entered_at = :now, stage_ends_at = NULL
WHERE case_id = :case_id AND closed_at IS NULL;

-- name: keep_moments(case_id, stage_ends_at, held_since, cooling_until, last_visit_ended_at, last_released_at)!
UPDATE collection_cases
SET stage_ends_at = :stage_ends_at, held_since = :held_since, cooling_until = :cooling_until,
    last_visit_ended_at = :last_visit_ended_at, last_released_at = :last_released_at,
    keeps_moments = true
WHERE case_id = :case_id;

-- name: lock_borrower_of_case(case_id)$
SELECT b.borrower_id
FROM collection_cases c JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
WHERE c.case_id = :case_id FOR UPDATE OF b;

-- name: has_open_case(loan_id)$
SELECT EXISTS (SELECT FROM collection_cases WHERE loan_id = :loan_id AND closed_at IS NULL);

-- name: loan_of_open_case(case_id)$
SELECT loan_id FROM collection_cases WHERE case_id = :case_id AND closed_at IS NULL;

-- name: close_case(case_id, outcome, now)!
UPDATE collection_cases
SET closed_at = :now, is_ending = true, outcome = :outcome, stage = 'ended'
WHERE case_id = :case_id;

-- name: finish_case(case_id)!
UPDATE collection_cases SET is_ending = false WHERE case_id = :case_id;

-- name: set_loan_status(loan_id, status)!
UPDATE loans SET status = :status WHERE loan_id = :loan_id;

-- name: reopen_case(case_id, had_plan)$
-- Only when a payment was reversed since the end, by the ledger's time or as we have heard of it, and
-- what was overdue then is again, or its plan is not fulfilled: what has fallen due since is a case of
-- its own, and may have one already.
UPDATE collection_cases c SET closed_at = NULL, is_ending = false, outcome = NULL
FROM loans l JOIN borrowers b USING (borrower_id)
WHERE c.case_id = :case_id AND l.loan_id = c.loan_id
  AND (c.closed_at IS NULL
       OR (EXISTS (SELECT FROM payments p WHERE p.loan_id = c.loan_id
                   AND p.reversed_at >= c.closed_at)
           OR EXISTS (SELECT FROM case_events e WHERE e.loan_id = c.loan_id
                      AND e.name = 'payment_reversed' AND e.accepted
                      AND e.received_at >= c.closed_at))
          AND (:had_plan::boolean
               OR l.oldest_unpaid_due_on < local_date(c.closed_at, b.time_zone)))
  AND NOT EXISTS (SELECT FROM collection_cases other WHERE other.loan_id = c.loan_id
                  AND other.closed_at IS NULL AND other.case_id <> c.case_id)
RETURNING c.loan_id;

-- name: notify_staff(notice_id, case_id, audience, kind, body, now)!
INSERT INTO staff_notices (notice_id, case_id, audience, kind, body, created_at)
VALUES (:notice_id, :case_id, :audience, :kind, :body::jsonb, :now)
ON CONFLICT (notice_id) DO NOTHING;

-- name: notify_staff_of_loan(notice_id, loan_id, audience, kind, body, now)!
-- Of a loan that never had a case.
INSERT INTO staff_notices (notice_id, loan_id, audience, kind, body, created_at)
VALUES (:notice_id, :loan_id, :audience, :kind, :body::jsonb, :now)
ON CONFLICT (notice_id) DO NOTHING;

-- name: resolve_promise(promise_id, status, verified_as_of, now)!
-- What was paid later than it was to be verified does not keep it, however late somebody looks; a run
-- of before does not say when that was.
UPDATE promises p
SET resolved_at = :now, status = CASE
    WHEN :status::text = 'kept' AND p.amount_minor > (
        SELECT coalesce(sum(q.amount_minor), 0) FROM payments q
        WHERE q.loan_id = p.loan_id AND q.kind = 'payment' AND q.reversed_at IS NULL
          AND q.sequence > p.made_after AND q.received_at < :verified_as_of)
          AND :verified_as_of::timestamptz IS NOT NULL THEN 'broken'
    ELSE :status END
WHERE promise_id = :promise_id AND status = 'open';

-- name: resolve_open_promises(case_id, status, now)!
UPDATE promises SET status = :status, resolved_at = :now
WHERE case_id = :case_id AND status = 'open';

-- name: resolve_promises_at_end(case_id, is_paid, now)!
-- Only what was not paid by its day, and the grace after it, is broken: an end may come before.
UPDATE promises p
SET resolved_at = :now, status = CASE
    WHEN p.amount_minor <= (
        SELECT coalesce(sum(q.amount_minor), 0) FROM payments q
        WHERE q.loan_id = p.loan_id AND q.kind = 'payment' AND q.reversed_at IS NULL
          AND q.sequence > p.made_after
          AND local_date(q.received_at, b.time_zone) <= last.day) THEN 'kept'
    WHEN last.day < local_date(:now, b.time_zone) THEN 'broken'
    WHEN :is_paid::boolean THEN 'kept'
    ELSE 'replaced' END
FROM collection_cases c JOIN policies k ON k.version = c.policy_version
JOIN loans l ON l.loan_id = c.loan_id JOIN borrowers b USING (borrower_id)
CROSS JOIN LATERAL (
    SELECT promise.promise_id,
           greatest(promise.due_on, local_date(max(least(h.released_at, h.until)), b.time_zone))
           + (k.body #>> '{promise,grace_days,value}')::integer AS day
    FROM promises promise LEFT JOIN holds h
      ON h.borrower_id = b.borrower_id AND least(h.released_at, h.until) <= :now
    WHERE promise.case_id = c.case_id AND promise.status = 'open'
    GROUP BY promise.promise_id) AS last
WHERE last.promise_id = p.promise_id AND p.case_id = :case_id AND c.case_id = p.case_id AND p.status = 'open';
