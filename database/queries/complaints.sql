-- Complaints beyond their filing and their answer, which are in events.sql.

-- name: parts_in_visits(loan_id, person_id)
-- What somebody has to do with the visits of a loan; `part` reads before the visit's id.
SELECT 'applicant' AS role, 'applied for' AS part, visit_id FROM visits
WHERE loan_id = :loan_id AND applicant_id = :person_id
UNION
SELECT 'approver', 'decided on', visit_id FROM visits
WHERE loan_id = :loan_id AND approver_id = :person_id
UNION
SELECT 'crew', 'is booked crew of', k.visit_id FROM visit_crew k JOIN visits v USING (visit_id)
WHERE v.loan_id = :loan_id AND k.badge_id = :person_id
ORDER BY role, visit_id;

-- name: open_complaint(loan_id, complaint_id)^
SELECT c.handler_id, c.answer_due_at, ARRAY(
           SELECT x.extended_by FROM complaint_extensions x
           WHERE x.loan_id = c.loan_id AND x.complaint_id = c.complaint_id
           ORDER BY x.number) AS extended_by
FROM complaints c
WHERE c.loan_id = :loan_id AND c.complaint_id = :complaint_id AND c.resolved_at IS NULL;

-- name: is_complaint_known(loan_id, complaint_id)$
SELECT EXISTS (SELECT FROM complaints WHERE loan_id = :loan_id AND complaint_id = :complaint_id);

-- name: complaint_of_hold(loan_id, hold_id)$
-- The open complaint that a hold stands for.
SELECT complaint_id FROM complaints
WHERE loan_id = :loan_id AND resolved_at IS NULL
  AND 'complaint' || chr(58) || complaint_id = :hold_id;

-- name: extend_complaint(loan_id, complaint_id, number, approver_id, reason, now, answer_due_at)!
WITH extension AS (
    INSERT INTO complaint_extensions (loan_id, complaint_id, number, extended_by, reason,
                                      extended_at, was_due_at, answer_due_at)
    SELECT loan_id, complaint_id, :number, :approver_id, :reason, :now, answer_due_at,
           :answer_due_at
    FROM complaints WHERE loan_id = :loan_id AND complaint_id = :complaint_id
)
UPDATE complaints SET answer_due_at = :answer_due_at
WHERE loan_id = :loan_id AND complaint_id = :complaint_id;

-- name: unknown_badges(badge_ids)$
SELECT string_agg(asked.badge_id, ', ' ORDER BY asked.badge_id)
FROM unnest(:badge_ids::text[]) AS asked (badge_id)
WHERE NOT EXISTS (SELECT FROM crew_members m WHERE m.badge_id = asked.badge_id);

-- name: bar_crew(loan_id, badge_ids, reason, now)!
INSERT INTO crew_bars (borrower_id, badge_id, since, reason)
SELECT l.borrower_id, barred.badge_id, :now, :reason
FROM loans l CROSS JOIN unnest(:badge_ids::text[]) AS barred (badge_id)
WHERE l.loan_id = :loan_id
ON CONFLICT (borrower_id, badge_id) DO NOTHING;
