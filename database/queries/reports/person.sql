-- Everything kept about a person: what they are given when they ask.

-- name: person_file(borrower_id)$
-- One object, by table; NULL when there is no such person. Documents and packages are named by their
-- hashes: `agreement` and `package` write them out.
WITH their_loans AS (SELECT loan_id FROM loans WHERE borrower_id = :borrower_id),
     their_cases AS (SELECT case_id FROM collection_cases JOIN their_loans USING (loan_id)),
     their_phones AS (SELECT phone_id FROM phones WHERE borrower_id = :borrower_id),
     their_visits AS (SELECT visit_id FROM visits JOIN their_loans USING (loan_id)),
     their_agreements AS (SELECT agreement_id FROM agreements JOIN their_loans USING (loan_id)),
     their_attempts AS (
         SELECT attempt_id, provider_ref FROM contact_attempts WHERE borrower_id = :borrower_id),
     rows (kept_in, row) AS (
    SELECT 'borrowers', to_jsonb(b) FROM borrowers b WHERE b.borrower_id = :borrower_id
    UNION ALL SELECT 'phones', to_jsonb(p) FROM phones p JOIN their_phones USING (phone_id)
    UNION ALL SELECT 'phone_confirmations', to_jsonb(c)
    FROM phone_confirmations c JOIN their_phones USING (phone_id)
    UNION ALL SELECT 'replies', to_jsonb(r) FROM replies r JOIN their_phones USING (phone_id)
    UNION ALL SELECT 'addresses', to_jsonb(a) FROM addresses a WHERE a.borrower_id = :borrower_id
    UNION ALL SELECT 'erasures', to_jsonb(x) FROM erasures x WHERE x.borrower_id = :borrower_id
    UNION ALL SELECT 'conversations', to_jsonb(k) FROM conversations k
    WHERE k.borrower_id = :borrower_id
    UNION ALL SELECT 'loans', to_jsonb(l) FROM loans l JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'loan_instalments', to_jsonb(i)
    FROM loan_instalments i JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'payments', to_jsonb(p) FROM payments p JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'loan_charges', to_jsonb(c) FROM loan_charges c JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'collection_cases', to_jsonb(c)
    FROM collection_cases c JOIN their_cases USING (case_id)
    UNION ALL SELECT 'case_events', to_jsonb(e) FROM case_events e JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'inbox', to_jsonb(i) FROM inbox i JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'news', to_jsonb(n) FROM news n JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'news_counts', to_jsonb(n) FROM news_counts n JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'evidence', to_jsonb(e) FROM evidence e JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'last_links', to_jsonb(h) FROM last_links h JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'promises', to_jsonb(p) FROM promises p JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'holds', to_jsonb(h) FROM holds h WHERE h.borrower_id = :borrower_id
    UNION ALL SELECT 'complaints', to_jsonb(c) FROM complaints c JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'complaint_extensions', to_jsonb(x)
    FROM complaint_extensions x JOIN their_loans USING (loan_id)
    UNION ALL SELECT 'staff_notices', to_jsonb(n)
    FROM staff_notices n WHERE n.case_id IN (SELECT case_id FROM their_cases)
                            OR n.loan_id IN (SELECT loan_id FROM their_loans)
    UNION ALL SELECT 'legal_packages', to_jsonb(k) - 'content'
    FROM legal_packages k JOIN their_cases USING (case_id)
    UNION ALL SELECT 'proposed_plans', to_jsonb(p)
    FROM proposed_plans p JOIN their_cases USING (case_id)
    UNION ALL SELECT 'contact_attempts', to_jsonb(a) FROM contact_attempts a
    WHERE a.borrower_id = :borrower_id
    UNION ALL SELECT 'contact_refusals', to_jsonb(r)
    FROM contact_refusals r JOIN their_cases USING (case_id)
    UNION ALL SELECT 'delivery_receipts', to_jsonb(r) FROM delivery_receipts r
    WHERE r.reference IN (SELECT attempt_id FROM their_attempts)
       OR r.provider_ref IN (SELECT provider_ref FROM their_attempts)
    UNION ALL SELECT 'simulated_outbox', to_jsonb(o)
    FROM simulated_outbox o JOIN their_attempts a ON a.attempt_id = o.reference
    UNION ALL SELECT 'visits', to_jsonb(v) FROM visits v JOIN their_visits USING (visit_id)
    UNION ALL SELECT 'visit_approvals', to_jsonb(a)
    FROM visit_approvals a JOIN their_visits USING (visit_id)
    UNION ALL SELECT 'visit_crew', to_jsonb(k) FROM visit_crew k JOIN their_visits USING (visit_id)
    UNION ALL SELECT 'visitor_checks', to_jsonb(k)
    FROM visitor_checks k JOIN their_visits USING (visit_id)
    UNION ALL SELECT 'crew_bars', to_jsonb(k) FROM crew_bars k WHERE k.borrower_id = :borrower_id
    UNION ALL SELECT 'agreements', to_jsonb(g) - ARRAY['document_html', 'document_pdf']
    FROM agreements g JOIN their_agreements USING (agreement_id)
    UNION ALL SELECT 'agreement_instalments', to_jsonb(i)
    FROM agreement_instalments i JOIN their_agreements USING (agreement_id))
SELECT jsonb_object_agg(kept_in, kept)::text
FROM (SELECT kept_in, jsonb_agg(row) AS kept FROM rows GROUP BY kept_in) AS each_table;
