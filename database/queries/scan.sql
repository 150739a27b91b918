-- name: loans_to_take_up(today, after_date, after_loan, size)
-- One keyset page of overdue loans that lack a case, or whose case has no workflow yet, by the index
-- loans_to_scan. `today` is the latest date anywhere on earth; the borrower's own decides below.
SELECT l.loan_id, l.lender, l.oldest_unpaid_due_on AS overdue_since, c.case_id AS open_case_id
FROM loans l LEFT JOIN collection_cases c ON c.loan_id = l.loan_id AND c.closed_at IS NULL
WHERE l.status = 'active' AND NOT l.in_collection AND l.oldest_unpaid_due_on < :today
  AND (l.oldest_unpaid_due_on, l.loan_id) > (:after_date, :after_loan)
ORDER BY l.oldest_unpaid_due_on, l.loan_id
LIMIT :size;

-- name: loans_to_take_up_of(loan_ids, today)
-- The same of loans that somebody has named.
SELECT l.loan_id, l.lender, l.oldest_unpaid_due_on AS overdue_since, c.case_id AS open_case_id
FROM loans l LEFT JOIN collection_cases c ON c.loan_id = l.loan_id AND c.closed_at IS NULL
WHERE l.loan_id = ANY (:loan_ids::text[])
  AND l.status = 'active' AND NOT l.in_collection AND l.oldest_unpaid_due_on < :today
ORDER BY l.oldest_unpaid_due_on, l.loan_id;

-- name: count_in_collection(today, after_date, after_loan)$
-- How many overdue loans have a case with a workflow, by the index alone.
SELECT count(*) FROM loans
WHERE status = 'active' AND in_collection AND oldest_unpaid_due_on < :today
  AND (oldest_unpaid_due_on, loan_id) > (:after_date, :after_loan);

-- name: open_cases(loan_ids, now, policy_version)
-- A case for each loan that is overdue in its borrower's time zone and has no case that is not
-- finished: what follows from an end comes first. An end that was paid for reopens when the payment
-- was reversed; other ends stay.
INSERT INTO collection_cases (case_id, loan_id, overdue_since, policy_version, opened_at,
                              stage)
SELECT l.loan_id || ':' || l.oldest_unpaid_due_on, l.loan_id, l.oldest_unpaid_due_on,
       :policy_version, :now, 'early_contact'
FROM loans l JOIN borrowers b USING (borrower_id)
CROSS JOIN LATERAL loan_debt(l, local_date(:now, b.time_zone)) d
WHERE l.loan_id = ANY (:loan_ids::text[]) AND l.status = 'active'
  AND l.oldest_unpaid_due_on < local_date(:now, b.time_zone)
  AND d.arrears_minor > 0
  AND NOT EXISTS (SELECT FROM collection_cases c
                  WHERE c.loan_id = l.loan_id AND (c.closed_at IS NULL OR c.is_ending))
ON CONFLICT (loan_id, overdue_since) DO UPDATE
SET closed_at = NULL, outcome = NULL, started_at = NULL, stage = 'early_contact',
    stage_entered_at = NULL, stage_ends_at = NULL, held_since = NULL
WHERE collection_cases.outcome IN ('cured', 'settled', 'plan_completed')
RETURNING case_id, loan_id, overdue_since;

-- name: loans_without_clock(loan_ids, now)
-- Loans whose borrower's time zone is none that this server knows: nobody can say what day it is
-- there. They are passed over and named, so that all others are started.
SELECT l.loan_id FROM loans l JOIN borrowers b USING (borrower_id)
WHERE l.loan_id = ANY (:loan_ids::text[]) AND local_date(:now, b.time_zone) IS NULL
ORDER BY l.loan_id;
