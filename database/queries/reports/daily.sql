-- What the lender's people ask every day. `docs/questions.md` has the same statements with `now()`
-- for the moment; a test runs both.

-- name: approvals_waiting(now)
-- Visits that were applied for, and waivers beyond what a crew may grant. The amount of a visit is
-- what is overdue today; that of a waiver is what the proposal waives.
SELECT v.visit_id AS about, 'visit' AS kind, v.loan_id, l.currency, d.arrears_minor AS amount_minor,
       v.applicant_id AS applicant, coalesce(v.asked_at, v.requested_at) AS since,
       CASE WHEN EXISTS (SELECT FROM staff_notices n WHERE n.case_id = v.case_id
                         AND n.kind = 'visit_approval_wanted' AND n.audience = 'senior_approvers'
                         AND n.body ->> 'visit_id' = v.visit_id
                         AND n.created_at >= coalesce(v.asked_at, v.requested_at))
            THEN 'senior_approver' ELSE 'approver' END AS level
FROM visits v
JOIN loans l USING (loan_id)
JOIN borrowers b USING (borrower_id)
CROSS JOIN LATERAL loan_debt(l, (:now::timestamptz AT TIME ZONE b.time_zone)::date) d
WHERE v.status = 'requested' AND v.ended_at IS NULL
UNION ALL
SELECT n.body ->> 'plan_id', 'waiver', c.loan_id, l.currency,
       (proposed.body #>> '{proposal,waiver_minor}')::bigint,
       coalesce(proposed.body ->> 'requested_by_id', proposed.source), n.created_at,
       n.body ->> 'level'
FROM collection_cases c
JOIN loans l USING (loan_id)
CROSS JOIN LATERAL (SELECT body, created_at FROM staff_notices
                    WHERE case_id = c.case_id AND kind = 'waiver_approval_wanted'
                    ORDER BY created_at DESC LIMIT 1) n
LEFT JOIN LATERAL (SELECT body, source FROM case_events
                   WHERE case_id = c.case_id AND accepted AND body ? 'proposal'
                     AND name IN ('visit_reported', 'renegotiation_requested')
                   ORDER BY sequence DESC LIMIT 1) proposed ON true
WHERE c.stage = 'plan' AND c.closed_at IS NULL
  AND NOT EXISTS (SELECT FROM case_events e WHERE e.case_id = c.case_id AND e.accepted
                  AND e.name IN ('plan_approved', 'plan_rejected')
                  AND e.body ->> 'plan_id' = n.body ->> 'plan_id')
ORDER BY since, about;

-- name: visits_ahead(now)
-- Those of today, and those to come; a day is one of the borrower's calendar.
SELECT v.visit_id, v.loan_id,
       CASE WHEN v.reported_at IS NULL THEN v.status ELSE 'reported' END AS status,
       lower(v.slot) AS starts_at, b.time_zone, a.line AS address,
       ARRAY(SELECT k.badge_id FROM visit_crew k
             WHERE k.slot_id = v.slot_id AND k.released_at IS NULL ORDER BY k.badge_id) AS crew,
       (lower(v.slot) AT TIME ZONE b.time_zone)::date
         = (:now::timestamptz AT TIME ZONE b.time_zone)::date AS is_today
FROM visits v
JOIN addresses a USING (address_id)
JOIN borrowers b USING (borrower_id)
WHERE v.ended_at IS NULL AND v.slot IS NOT NULL
  AND (lower(v.slot) AT TIME ZONE b.time_zone)::date
      >= (:now::timestamptz AT TIME ZONE b.time_zone)::date
ORDER BY starts_at, v.visit_id;

-- name: promises_to_watch(now)
-- Those of today or still open after their day, and those that were broken in the last seven days.
SELECT p.promise_id, p.loan_id, l.currency, p.amount_minor, p.due_on, p.status, p.resolved_at,
       (SELECT coalesce(sum(q.amount_minor), 0)::bigint FROM payments q
        WHERE q.loan_id = p.loan_id AND q.kind = 'payment' AND q.reversed_at IS NULL
          AND q.sequence > p.made_after) AS paid_minor
FROM promises p
JOIN loans l USING (loan_id)
JOIN borrowers b USING (borrower_id)
WHERE (p.status = 'open' AND p.due_on <= (:now::timestamptz AT TIME ZONE b.time_zone)::date)
   OR (p.status = 'broken' AND p.resolved_at > :now::timestamptz - interval '7 days')
ORDER BY p.due_on, p.promise_id;

-- name: holds_in_force(now)
-- A hold keeps every loan of its borrower in peace.
SELECT h.loan_id, h.hold_id, h.reason, h.placed_at, h.until
FROM holds h
WHERE h.released_at IS NULL AND (h.until IS NULL OR h.until > :now::timestamptz)
ORDER BY h.placed_at, h.loan_id, h.hold_id;

-- name: complaints_open(now)
SELECT k.loan_id, k.complaint_id, k.about, k.handler_id, k.filed_at, k.answer_due_at,
       k.answer_due_at < :now::timestamptz AS is_late
FROM complaints k
WHERE k.resolved_at IS NULL
ORDER BY k.answer_due_at, k.loan_id, k.complaint_id;

-- name: stuck_cases(now)
-- What should have gone on by now and did not. A hold puts a case's deadlines off.
SELECT stuck.loan_id, stuck.what, stuck.since
FROM (
    SELECT loan_id, case_id, 'the case is open and its workflow has not started' AS what,
           opened_at AS since
    FROM collection_cases
    WHERE closed_at IS NULL AND started_at IS NULL
      AND opened_at < :now::timestamptz - interval '1 hour'
    UNION ALL
    -- A closing notice waits for the morning, or for the end of a hold.
    SELECT c.loan_id, c.case_id, 'the case has ended, and what follows from that is not done',
           c.closed_at
    FROM collection_cases c JOIN policies p ON p.version = c.policy_version
    WHERE c.is_ending AND c.closed_at < :now::timestamptz - interval '1 day' - make_interval(
        days => coalesce((p.body #>> '{aftercare,closing_notice_days,value}')::integer, 3))
    UNION ALL
    SELECT loan_id, case_id, 'the approval of ' || visit_id || ' has expired', approval_expires_at
    FROM visits
    WHERE ended_at IS NULL AND checked_in_at IS NULL
      AND approval_expires_at < :now::timestamptz - interval '1 day'
    UNION ALL
    SELECT loan_id, case_id, visit_id || ' was to end and nobody has reported', upper(slot)
    FROM visits
    WHERE ended_at IS NULL AND reported_at IS NULL
      AND upper(slot) < :now::timestamptz - interval '3 days'
    UNION ALL
    SELECT v.loan_id, v.case_id, v.visit_id || ' is approved, and no crew is free',
           min(n.created_at)
    FROM visits v JOIN staff_notices n ON n.case_id = v.case_id AND n.kind = 'no_crew_free'
                                      AND n.body ->> 'visit_id' = v.visit_id
    WHERE v.ended_at IS NULL AND v.slot IS NULL AND v.approved_at IS NOT NULL
    GROUP BY v.visit_id
    HAVING max(n.created_at) > :now::timestamptz - interval '2 days'
       AND min(n.created_at) < :now::timestamptz - interval '1 day'
    UNION ALL
    SELECT loan_id, case_id, agreement_id || ' has expired and is still offered', expires_at
    FROM agreements
    WHERE status = 'offered' AND expires_at < :now::timestamptz - interval '1 day'
    UNION ALL
    SELECT p.loan_id, p.case_id, 'the promise ' || promise_id || ' is neither kept nor broken',
           p.due_on::timestamptz
    FROM promises p JOIN collection_cases c USING (case_id) JOIN policies ON version = policy_version
    -- Elsewhere nobody waits for a promise; the end of a hold gives its grace anew.
    WHERE p.status = 'open' AND c.stage IN ('early_contact', 'appointment', 'legal_review')
      AND p.due_on < (:now::timestamptz - interval '2 days')::date
                     - (body #>> '{promise,grace_days,value}')::integer
      AND NOT EXISTS (
          SELECT FROM holds h JOIN loans o USING (borrower_id) WHERE o.loan_id = c.loan_id
            AND coalesce(h.released_at, h.until) > :now::timestamptz - interval '30 days')
    UNION ALL
    SELECT c.loan_id, c.case_id, 'nothing was done for 60 days, and nothing is agreed',
           greatest(c.started_at, last.contact, last.refusal, last.event, last.notice)
    FROM collection_cases c
    CROSS JOIN LATERAL (SELECT
        (SELECT max(reserved_at) FROM contact_attempts WHERE case_id = c.case_id) AS contact,
        (SELECT max(at) FROM contact_refusals WHERE case_id = c.case_id) AS refusal,
        (SELECT max(received_at) FROM case_events WHERE case_id = c.case_id) AS event,
        (SELECT max(created_at) FROM staff_notices WHERE case_id = c.case_id) AS notice) last
    WHERE c.closed_at IS NULL
      AND greatest(c.started_at, last.contact, last.refusal, last.event, last.notice)
          < :now::timestamptz - interval '60 days'
      AND NOT EXISTS (SELECT FROM agreements g
                      WHERE g.case_id = c.case_id AND g.status = 'signed')
) stuck
JOIN loans l USING (loan_id)
WHERE NOT EXISTS (SELECT FROM holds h WHERE h.borrower_id = l.borrower_id
                  AND h.released_at IS NULL
                  AND (h.until IS NULL OR h.until > :now::timestamptz))
ORDER BY stuck.since, stuck.loan_id, stuck.what;

-- name: provider_doubts(now)
-- Contacts of the last seven days of which the provider could not tell what became of them, which
-- were not sent, for the provider refused them for one, or of which nobody has written down anything.
SELECT a.attempt_id, a.loan_id, a.channel, a.template, a.phone_id, a.status, a.outcome,
       a.reserved_at
FROM contact_attempts a
WHERE a.reserved_at > :now::timestamptz - interval '7 days'
  AND (a.status IN ('unknown', 'failed')
       OR (a.status = 'reserved' AND a.reserved_at < :now::timestamptz - interval '1 hour'))
ORDER BY a.reserved_at, a.attempt_id;

-- name: replies_to_read(now)
-- Replies of the last seven days that no word explains, by each loan that is collected, and the one
-- that they came in for.
SELECT r.reply_id, l.loan_id, r.phone_id, p.relation, r.text, r.received_at
FROM replies r JOIN phones p USING (phone_id) JOIN loans l USING (borrower_id)
WHERE r.read_as = 'for_people' AND r.read_at > :now::timestamptz - interval '7 days'
  AND (EXISTS (SELECT FROM collection_cases c WHERE c.loan_id = l.loan_id AND c.closed_at IS NULL)
       OR EXISTS (SELECT FROM case_events e
                  WHERE e.loan_id = l.loan_id AND e.name = 'reply_received' AND e.accepted
                    AND e.body ->> 'reply_id' = r.reply_id))
ORDER BY r.received_at, r.reply_id, l.loan_id;

-- name: collected_money(since)
-- Per lender and currency, since the beginning of a day of each borrower's calendar. What was
-- received includes what was reversed later; reversed is what was taken back since that day; a waiver
-- that has ended with its plan is none. What was told of since that day, and is dated before it, is
-- counted apart.
SELECT l.lender, l.currency,
       count(*) FILTER (WHERE moved.what = 'received') AS payments,
       coalesce(sum(told.amount_minor) FILTER (WHERE moved.what = 'received'), 0)::bigint
         AS received_minor,
       count(*) FILTER (WHERE moved.what = 'earlier') AS earlier_payments,
       coalesce(sum(told.amount_minor) FILTER (WHERE moved.what = 'earlier'), 0)::bigint
         AS earlier_minor,
       coalesce(sum(told.amount_minor) FILTER (WHERE moved.what = 'reversed'), 0)::bigint
         AS reversed_minor,
       coalesce(sum(told.amount_minor) FILTER (WHERE moved.what = 'waived'), 0)::bigint
         AS waived_minor
FROM (
    SELECT loan_id, amount_minor, received_at AS at, recorded_at,
           CASE kind WHEN 'waiver' THEN 'waived' ELSE 'received' END AS what
    FROM payments
    WHERE kind = 'payment' OR kind = 'waiver' AND reversed_at IS NULL
    UNION ALL
    SELECT loan_id, amount_minor, reversed_at, reversed_at, 'reversed'
    FROM payments WHERE kind = 'payment' AND reversed_at IS NOT NULL) told
JOIN loans l USING (loan_id)
JOIN borrowers b USING (borrower_id)
CROSS JOIN LATERAL (SELECT :since::date::timestamp AT TIME ZONE b.time_zone AS at) begins
CROSS JOIN LATERAL (SELECT CASE WHEN told.at >= begins.at THEN told.what
                                WHEN told.what = 'received' THEN 'earlier' END AS what) moved
WHERE greatest(told.at, told.recorded_at) >= begins.at AND moved.what IS NOT NULL
GROUP BY l.lender, l.currency
ORDER BY l.lender, l.currency;

-- name: collected_promises(since)
-- Promises that were made since then, and what became of those that were decided since then.
SELECT l.lender, l.currency,
       count(*) FILTER (WHERE p.made_at >= begins.at) AS promised,
       coalesce(sum(p.amount_minor) FILTER (WHERE p.made_at >= begins.at), 0)::bigint
         AS promised_minor,
       count(*) FILTER (WHERE p.status = 'kept' AND p.resolved_at >= begins.at) AS kept,
       coalesce(sum(p.amount_minor)
                FILTER (WHERE p.status = 'kept' AND p.resolved_at >= begins.at), 0)::bigint
         AS kept_minor,
       count(*) FILTER (WHERE p.status = 'broken' AND p.resolved_at >= begins.at) AS broken,
       coalesce(sum(p.amount_minor)
                FILTER (WHERE p.status = 'broken' AND p.resolved_at >= begins.at), 0)::bigint
         AS broken_minor
FROM promises p
JOIN loans l USING (loan_id)
JOIN borrowers b USING (borrower_id)
CROSS JOIN LATERAL (SELECT :since::date::timestamp AT TIME ZONE b.time_zone AS at) begins
WHERE p.made_at >= begins.at OR p.resolved_at >= begins.at
GROUP BY l.lender, l.currency
ORDER BY l.lender, l.currency;

-- name: collected_by_stage(since)
-- Payments, by where the case stood when its event came. A ledger that writes `payments` itself and
-- sends no event leaves the stage unknown.
SELECT coalesce(told.stage,
                CASE WHEN worked.is THEN 'not told by an event' ELSE 'no case open' END) AS stage,
       l.lender, l.currency, count(*) AS payments, sum(p.amount_minor)::bigint AS received_minor
FROM payments p
JOIN loans l USING (loan_id)
JOIN borrowers b USING (borrower_id)
LEFT JOIN LATERAL (SELECT e.stage FROM case_events e
                   WHERE e.loan_id = p.loan_id AND e.accepted AND e.name = 'payment_received'
                     AND e.body ->> 'payment_id' = p.payment_id
                   ORDER BY e.sequence LIMIT 1) told ON true
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM collection_cases c WHERE c.loan_id = p.loan_id AND c.opened_at <= p.received_at
      AND (c.closed_at IS NULL OR c.closed_at >= p.received_at)) AS is) worked
WHERE p.kind = 'payment'
  AND p.received_at >= :since::date::timestamp AT TIME ZONE b.time_zone
GROUP BY 1, l.lender, l.currency
ORDER BY l.lender, l.currency, 1;
