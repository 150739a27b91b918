-- name: audit_paid_in_peace(now)
-- G1: no contact was reserved after the arrears were paid, but for the one closing notice. What
-- was owed at that moment is reckoned from the payments and the schedule alone.
SELECT a.attempt_id AS subject,
       a.template || ' by ' || a.channel || ' at ' || a.reserved_at || ' on loan ' || a.loan_id
       || ': nothing was overdue' AS what
FROM contact_attempts a
JOIN loans l USING (loan_id)
JOIN borrowers b ON b.borrower_id = l.borrower_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.amount_minor), 0) AS minor FROM payments p
    WHERE p.loan_id = a.loan_id AND p.recorded_at <= a.reserved_at
      AND (p.reversed_at IS NULL OR p.reversed_at > a.reserved_at)) AS paid
CROSS JOIN LATERAL (
    SELECT coalesce(sum(i.amount_minor), 0) AS minor FROM loan_instalments i
    WHERE i.loan_id = a.loan_id
      AND i.due_on < (a.reserved_at AT TIME ZONE b.time_zone)::date) AS due
WHERE a.purpose <> 'closing' AND a.reserved_at <= :now
  AND due.minor - paid.minor <= l.arrears_tolerance_minor
ORDER BY a.reserved_at;

-- name: audit_sent_once(now)
-- G5: one intent, one attempt; one attempt, one message; no message without an attempt.
SELECT intent_key AS subject, count(*) || ' attempts for one intent' AS what
FROM contact_attempts WHERE reserved_at <= :now
GROUP BY intent_key HAVING count(*) > 1
UNION ALL
SELECT reference, count(*) || ' messages for one attempt'
FROM simulated_outbox WHERE sent_at <= :now
GROUP BY reference HAVING count(*) > 1
UNION ALL
SELECT o.reference, 'a message without an attempt'
FROM simulated_outbox o
WHERE o.sent_at <= :now
  AND NOT EXISTS (SELECT FROM contact_attempts a WHERE a.attempt_id = o.reference)
UNION ALL
SELECT o.reference, 'a message of an attempt on record as ' || a.status
FROM simulated_outbox o JOIN contact_attempts a ON a.attempt_id = o.reference
WHERE o.sent_at <= :now AND a.status = 'failed';

-- name: audit_visits(now)
-- G6: who was checked in on had an application, an approval in force by another person, a
-- confirmed appointment, a notice before it, and a crew of two or more.
SELECT v.visit_id AS subject, problem.what
FROM visits v
CROSS JOIN LATERAL (
    SELECT count(DISTINCT k.badge_id) AS size FROM visit_crew k
    WHERE k.visit_id = v.visit_id AND k.slot_id = v.slot_id) AS crew
CROSS JOIN LATERAL (VALUES
    (v.requested_at <= v.checked_in_at, 'no application before the check-in'),
    (v.approved_at <= v.checked_in_at, 'no approval before the check-in'),
    (v.approver_id <> v.applicant_id, 'not approved by another person than the applicant'),
    (v.checked_in_at < v.approval_expires_at, 'the approval had expired at the check-in'),
    (v.confirmed_at <= v.checked_in_at, 'the appointment was not confirmed'),
    (v.notice_sent_at < lower(v.slot), 'no notice before the appointment'),
    (crew.size >= 2, 'a crew of ' || crew.size)
) AS problem (is_kept, what)
WHERE v.checked_in_at <= :now AND problem.is_kept IS NOT TRUE
ORDER BY v.checked_in_at, v.visit_id;

-- name: audit_one_case(now)
-- G8: one case for one delinquency, one open case a loan, and a workflow that took each case up.
SELECT loan_id AS subject, count(*) || ' cases overdue since ' || overdue_since AS what
FROM collection_cases WHERE opened_at <= :now
GROUP BY loan_id, overdue_since HAVING count(*) > 1
UNION ALL
SELECT loan_id, count(*) || ' open cases'
FROM collection_cases WHERE closed_at IS NULL AND opened_at <= :now
GROUP BY loan_id HAVING count(*) > 1
UNION ALL
SELECT case_id, 'no workflow has taken the case up since ' || opened_at
FROM collection_cases
WHERE started_at IS NULL AND opened_at < :now - interval '2 days';
