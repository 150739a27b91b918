-- Complaints beyond their filing and their answer, which are in events.sql.

-- name: parts_in_visits(loan_id, person_id)
-- What somebody has to do with the matter: with any loan of the borrower, for a complaint's hold and
-- its answer reach them all. `part` reads after "the same person".
WITH matter AS (
    SELECT of_theirs.loan_id, l.borrower_id
    FROM loans l JOIN loans of_theirs USING (borrower_id) WHERE l.loan_id = :loan_id
)
SELECT role, part FROM (
    SELECT 'borrower' AS role, 'is the borrower' AS part, matter.borrower_id AS person_id
    FROM matter
    UNION
    SELECT 'applicant', 'applied for visit ' || visit_id, applicant_id
    FROM visits JOIN matter USING (loan_id)
    UNION
    SELECT 'approver', 'decided on visit ' || visit_id, approver_id
    FROM visits JOIN matter USING (loan_id)
    UNION
    SELECT 'approver', 'decided on visit ' || a.visit_id, a.approver_id
    FROM visit_approvals a JOIN visits v USING (visit_id) JOIN matter USING (loan_id)
    UNION
    SELECT 'approver', 'decided on plan ' || (body ->> 'plan_id'), body ->> 'approver_id'
    FROM case_events JOIN matter USING (loan_id)
    WHERE accepted AND name IN ('plan_approved', 'plan_rejected')
    UNION
    SELECT 'applicant', 'asked for another plan than ' || (body ->> 'agreement_id'),
           body ->> 'requested_by_id'
    FROM case_events JOIN matter USING (loan_id)
    WHERE accepted AND name = 'renegotiation_requested'
    UNION
    SELECT 'crew', 'is booked crew of visit ' || k.visit_id, k.badge_id
    FROM visit_crew k JOIN visits v USING (visit_id) JOIN matter USING (loan_id)
) AS parts
WHERE canonical_id(person_id) = canonical_id(:person_id)
ORDER BY role, part;

-- name: open_complaint(loan_id, complaint_id)^
SELECT c.handler_id, c.answer_due_at, ARRAY(
           SELECT x.extended_by FROM complaint_extensions x
           WHERE x.loan_id = c.loan_id AND x.complaint_id = c.complaint_id
           ORDER BY x.number) AS extended_by
FROM complaints c
WHERE c.loan_id = :loan_id AND c.complaint_id = :complaint_id AND c.resolved_at IS NULL;

-- name: is_complaint_known(loan_id, complaint_id)$
SELECT EXISTS (SELECT FROM complaints WHERE loan_id = :loan_id AND complaint_id = :complaint_id);

-- name: hold_complaint(loan_id, complaint_id, now)!
-- The complaint's own hold, under a name that no other hold of the loan has.
INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at, complaint_id)
SELECT loan_id, (
           SELECT name FROM (
               SELECT number, 'complaint' || chr(58) || :complaint_id
                      || CASE WHEN number > 1 THEN chr(58) || number ELSE '' END AS name
               FROM generate_series(1, 1 + (SELECT count(*) FROM holds h
                                            WHERE h.loan_id = :loan_id)) AS number) AS names
           WHERE NOT EXISTS (SELECT FROM holds h
                             WHERE h.loan_id = :loan_id AND h.hold_id = names.name)
           ORDER BY number LIMIT 1),
       borrower_id, 'complaint', :now, :complaint_id
FROM loans WHERE loan_id = :loan_id;

-- name: release_hold_of_complaint(loan_id, complaint_id, now)!
UPDATE holds SET released_at = :now
WHERE loan_id = :loan_id AND complaint_id = :complaint_id AND released_at IS NULL;

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
WHERE NOT EXISTS (SELECT FROM crew_members m
                  WHERE canonical_id(m.badge_id) = canonical_id(asked.badge_id));

-- name: bar_crew(loan_id, badge_ids, reason, now)!
INSERT INTO crew_bars (borrower_id, badge_id, since, reason)
SELECT l.borrower_id, m.badge_id, :now, :reason
FROM loans l CROSS JOIN crew_members m
WHERE l.loan_id = :loan_id AND canonical_id(m.badge_id) IN (
    SELECT canonical_id(barred) FROM unnest(:badge_ids::text[]) AS barred)
ON CONFLICT (borrower_id, badge_id) DO NOTHING;

-- name: complaints_left(case_id, loan_id)
-- Of the loan of a case that has ended, or of a loan that never had one; while another case is
-- open, that one reminds of them.
SELECT o.complaint_id, o.filed_at, o.answer_due_at,
       (SELECT count(*) FROM complaint_extensions x
        WHERE x.loan_id = o.loan_id AND x.complaint_id = o.complaint_id) AS extensions
FROM complaints o
WHERE o.loan_id = coalesce(
    :loan_id, (SELECT c.loan_id FROM collection_cases c WHERE c.case_id = :case_id))
  AND o.resolved_at IS NULL AND NOT EXISTS (
    SELECT FROM collection_cases other WHERE other.loan_id = o.loan_id AND other.closed_at IS NULL)
ORDER BY o.filed_at, o.complaint_id;

-- name: loans_at_rest_with_complaints()
-- Those with an open complaint and without an open case, and the case each had last, if any.
SELECT DISTINCT ON (o.loan_id) o.loan_id, c.case_id
FROM complaints o LEFT JOIN collection_cases c USING (loan_id)
WHERE o.resolved_at IS NULL AND NOT EXISTS (
    SELECT FROM collection_cases other WHERE other.loan_id = o.loan_id AND other.closed_at IS NULL)
ORDER BY o.loan_id, c.closed_at DESC;

-- name: is_ending(case_id)$
-- Whether the case has ended, or another system has asked for its end.
SELECT c.stage IS NOT DISTINCT FROM 'ended' OR EXISTS (
    SELECT FROM case_events e
    WHERE e.case_id = c.case_id AND e.name = 'case_closed' AND e.accepted)
FROM collection_cases c WHERE c.case_id = :case_id;

-- name: appointment_to_tell(case_id, now)$
-- When the crew was to come that the borrower still waits for: nobody has written that it does not.
SELECT min(lower(k.slot)) FROM visits v JOIN visit_crew k USING (visit_id)
WHERE v.case_id = :case_id AND k.borrower_to_tell AND lower(k.slot) > :now
  AND NOT EXISTS (
      SELECT FROM contact_attempts a
      WHERE a.case_id = v.case_id AND a.status IN ('sent', 'unknown')
        AND starts_with(a.intent_key, v.case_id || ':' || k.slot_id || ':called-off'));

-- name: appointments_elsewhere(loan_id, now)
-- Those of the borrower's other loans with the lender that they know of, and that a complaint calls
-- off, too.
SELECT v.loan_id, v.slot_id, lower(v.slot) AS starts_at
FROM loans l JOIN loans other USING (borrower_id, lender) JOIN visits v ON v.loan_id = other.loan_id
WHERE l.loan_id = :loan_id AND v.loan_id <> l.loan_id AND v.ended_at IS NULL
  AND v.notice_sent_at IS NOT NULL AND v.checked_in_at IS NULL AND lower(v.slot) > :now
  AND EXISTS (SELECT FROM visit_crew k WHERE k.slot_id = v.slot_id AND k.released_at IS NULL)
ORDER BY v.loan_id;

-- name: last_case(loan_id)$
SELECT case_id FROM collection_cases WHERE loan_id = :loan_id ORDER BY closed_at DESC LIMIT 1;
