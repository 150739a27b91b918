-- The audit of money: what a plan puts off, waives and keeps (G7), and that whoever has to hear of
-- money hears of it (G9). Of an agreement whose document states no grace, which an earlier release
-- drew up, and of a case that keeps no moments, what had no rule then is not asked for.

-- name: audit_plans(now)
-- G7: an offer can be kept; a waiver is granted with the plan that is fulfilled, as agreed on, and
-- with no other; a plan whose part was paid in time, or not long after a hold, is not broken, and one
-- that was fulfilled not withdrawn; nothing is put off by no plan, or by one that has left nothing.
SELECT g.agreement_id AS subject, problem.what
FROM agreements g
JOIN collection_cases c USING (case_id)
JOIN loans l ON l.loan_id = g.loan_id
JOIN borrowers b USING (borrower_id)
CROSS JOIN LATERAL (
    SELECT min(i.due_on) AS first_due_on,
           sum(i.amount_minor) FILTER (WHERE i.number <= g.missed_part) AS due_by_then_minor
    FROM agreement_instalments i WHERE i.agreement_id = g.agreement_id) AS parts
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.amount_minor), 0) - g.carried_minor AS minor,
           coalesce(sum(p.amount_minor) FILTER (WHERE p.received_at <= g.missed_at), 0)
               - g.carried_minor AS in_time_minor,
           coalesce(sum(p.amount_minor) FILTER (WHERE p.sequence <= g.counted_until), 0)
               - g.carried_minor AS by_its_end_minor
    FROM payments p
    WHERE p.loan_id = g.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL
      AND p.sequence > g.counted_after) AS paid
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.amount_minor), 0) AS minor FROM payments p
    WHERE p.loan_id = g.loan_id AND p.payment_id = concat(g.agreement_id, chr(58), 'waiver')
      AND p.reversed_at IS NULL) AS granted
CROSS JOIN LATERAL (VALUES
    (g.grace_days IS NULL OR parts.first_due_on >= (g.offered_at AT TIME ZONE b.time_zone)::date,
     concat('its first part was due on ', parts.first_due_on, ', before it was drawn up')),
    (granted.minor = 0 OR g.status = 'completed'
         AND granted.minor = greatest(g.waiver_minor - g.penalty_minor, 0),
     concat(granted.minor, ' are granted of it, and it is ', g.status, ' with a waiver of ',
            g.waiver_minor)),
    (g.status <> 'completed' OR paid.minor < g.total_minor OR g.waiver_minor <= g.penalty_minor
         OR granted.minor > 0,
     'it is fulfilled, and its waiver is not granted'),
    (g.status <> 'broken' OR c.closed_at IS NOT NULL OR paid.in_time_minor < parts.due_by_then_minor
         OR g.missed_at IS NULL
         OR EXISTS (SELECT FROM agreements o WHERE o.case_id = g.case_id
                      AND o.offered_at > g.ended_at)
         OR EXISTS (SELECT FROM visits v WHERE v.case_id = g.case_id AND v.checked_in_at > g.ended_at
                      AND v.ended_at IS NULL)
         OR EXISTS (SELECT FROM case_events e WHERE e.case_id = g.case_id AND e.accepted
                      AND e.name = 'visit_reported' AND e.body ->> 'outcome' = 'agreed'
                      AND e.received_at >= g.ended_at),
     concat('its part ', g.missed_part, ' was paid in time, and it is broken')),
    (g.status <> 'broken' OR NOT EXISTS (
         SELECT FROM holds h
         WHERE h.borrower_id = l.borrower_id AND least(h.released_at, h.until) <= g.missed_at
           AND least(h.released_at, h.until) > g.missed_at - make_interval(days => g.grace_days)),
     concat('it is broken for its part ', g.missed_part, ' within ', g.grace_days, ' days of a hold')),
    (g.status <> 'withdrawn' OR g.signed_at IS NULL OR paid.by_its_end_minor < g.total_minor,
     'it was fulfilled, and has ended as withdrawn')
) AS problem (is_kept, what)
WHERE g.offered_at <= :now AND problem.is_kept IS FALSE
UNION ALL
SELECT i.loan_id, concat('instalment ', i.number, ' is put off, and no agreement is in force')
FROM loan_instalments i
WHERE i.put_off_from IS NOT NULL AND NOT EXISTS (
    SELECT FROM agreements g WHERE g.loan_id = i.loan_id AND g.status = 'signed')
UNION ALL
SELECT i.loan_id, concat('instalment ', i.number, ' is due on ', i.due_on, ', by the contract on ',
                         i.contract_due_on, ', and no plan was fulfilled')
FROM loan_instalments i
WHERE i.put_off_from IS NULL AND i.due_on <> i.contract_due_on
  AND EXISTS (SELECT FROM agreements g WHERE g.loan_id = i.loan_id AND g.signed_at <= :now)
  AND NOT EXISTS (SELECT FROM agreements g
                  WHERE g.loan_id = i.loan_id AND g.status IN ('signed', 'completed'));

-- name: audit_told_of_money(now)
-- G9: a payment that a plan does not count was taken back, or more was paid than was ever owed, and
-- somebody was told within a day; a case after which nothing is owed has ended as settled.
SELECT p.payment_id AS subject,
       concat('taken back at ', p.reversed_at, ', owed beside the plan of ', g.agreement_id,
              ', and nobody was told') AS what
FROM payments p
JOIN agreements g ON g.loan_id = p.loan_id AND g.counted_after >= p.sequence
     AND p.reversed_at > g.counted_from AND p.reversed_at < coalesce(g.ended_at, 'infinity')
WHERE p.kind = 'payment' AND g.grace_days IS NOT NULL
  AND greatest(p.reversed_at, g.offered_at) < :now::timestamptz - interval '1 day'
  -- By its id: an erasure empties what it says.
  AND NOT EXISTS (SELECT FROM staff_notices n WHERE n.notice_id
                      = concat(g.case_id, chr(58), p.payment_id, chr(58), 'owed-beside-plan'))
UNION ALL
-- What an event brings in, or tells of, when no case is open any more. The end of the case may have
-- told of what a ledger had written by then.
SELECT e.event_id, concat('loan ', e.loan_id, ' is overpaid, and nobody was told')
FROM case_events e JOIN payments p ON p.loan_id = e.loan_id AND p.payment_id = e.body ->> 'payment_id'
CROSS JOIN LATERAL (
    SELECT (SELECT sum(amount_minor) FROM payments
            WHERE loan_id = e.loan_id AND reversed_at IS NULL AND sequence <= p.sequence)
         - (SELECT sum(amount_minor) FROM loan_instalments WHERE loan_id = e.loan_id)
         - coalesce((SELECT sum(amount_minor) FROM loan_charges WHERE loan_id = e.loan_id), 0)
           AS minor) AS over
CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE n.kind WHEN 'overpaid' THEN 1 ELSE -1 END
                        * (n.body ->> 'amount_minor')::bigint), 0) AS minor,
           coalesce(bool_or(n.body = '{}'), false) AS was_erased,
           coalesce(bool_or(n.kind = 'overpaid' AND n.created_at >= e.received_at), false) AS since
    FROM staff_notices n
    WHERE over.minor > 0
      AND (n.loan_id = e.loan_id OR n.case_id IN (
               SELECT k.case_id FROM collection_cases k WHERE k.loan_id = e.loan_id))
      AND n.kind IN ('overpaid', 'overpaid_taken_back')) AS told
WHERE e.name = 'payment_received' AND e.accepted AND e.stage IN ('ended', 'no_case')
  AND e.received_at < :now::timestamptz - interval '1 day' AND p.reversed_at IS NULL
  AND over.minor > greatest(told.minor, 0) AND NOT told.was_erased AND NOT told.since
  AND NOT EXISTS (SELECT FROM case_events f  -- said again, it is no other payment
                  WHERE f.loan_id = e.loan_id AND f.name = e.name AND f.accepted
                    AND f.body ->> 'payment_id' = p.payment_id AND f.sequence < e.sequence)
UNION ALL
SELECT p.promise_id, 'it is kept by a payment that was taken back'
FROM promises p
CROSS JOIN LATERAL (
    SELECT sum(q.amount_minor) FILTER (WHERE q.recorded_at <= p.resolved_at) AS then_minor,
           sum(q.amount_minor) FILTER (WHERE q.reversed_at IS NULL) AS now_minor
    FROM payments q
    WHERE q.loan_id = p.loan_id AND q.kind = 'payment' AND q.sequence > p.made_after) AS paid
WHERE p.status = 'kept' AND paid.then_minor >= p.amount_minor
  AND coalesce(paid.now_minor, 0) < p.amount_minor
UNION ALL
SELECT c.case_id, problem.what
FROM collection_cases c JOIN loans l USING (loan_id)
CROSS JOIN LATERAL (
    SELECT coalesce((SELECT sum(amount_minor) FROM payments
                     WHERE loan_id = l.loan_id AND reversed_at IS NULL), 0)
         - coalesce((SELECT sum(amount_minor) FROM loan_instalments WHERE loan_id = l.loan_id), 0)
         - coalesce((SELECT sum(amount_minor) FROM loan_charges WHERE loan_id = l.loan_id), 0)
           AS minor) AS over
CROSS JOIN LATERAL (VALUES
    (over.minor <= (
         SELECT CASE WHEN bool_or(n.body = '{}') THEN over.minor  -- the borrower was erased
                     ELSE coalesce(sum(CASE n.kind WHEN 'overpaid' THEN 1 ELSE -1 END
                                       * (n.body ->> 'amount_minor')::bigint), 0) END
         FROM staff_notices n JOIN collection_cases k USING (case_id)
         WHERE k.loan_id = c.loan_id AND n.kind IN ('overpaid', 'overpaid_taken_back')),
     concat(over.minor, ' were paid over all that was owed, and nobody was told')),
    (c.outcome = 'settled' OR l.outstanding_minor > 0,
     concat('nothing is owed, and the case has ended as ', c.outcome))
) AS problem (is_kept, what)
WHERE c.closed_at < :now::timestamptz - interval '1 day' AND c.keeps_moments
  AND c.outcome IN ('cured', 'settled', 'plan_completed') AND NOT problem.is_kept
  -- Nothing has come since: when a ledger has booked a payment says nothing of when it came.
  AND NOT EXISTS (
      SELECT FROM payments p
      WHERE p.loan_id = c.loan_id AND (p.reversed_at > c.closed_at OR CASE p.kind
          WHEN 'payment' THEN p.sequence > c.opened_after AND NOT EXISTS (
              SELECT FROM case_events e
              WHERE e.loan_id = p.loan_id AND e.name = 'payment_received' AND e.accepted
                AND e.body ->> 'payment_id' = p.payment_id AND e.received_at <= c.closed_at)
          ELSE p.recorded_at > c.closed_at END))
  AND NOT EXISTS (SELECT FROM collection_cases o
                  WHERE o.loan_id = c.loan_id AND (o.closed_at IS NULL OR o.closed_at > c.closed_at));
