-- What the legal desk is handed: everything on record of one case. Read in one transaction.

-- name: legal_case(case_id)^
SELECT c.*, l.*, b.*, c.case_id AS case_id
FROM collection_cases c JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
WHERE c.case_id = :case_id;

-- name: legal_as_of(loan_id, since)$
-- A moment; later, if anything was paid or taken back since: it is stated, too. Always the same for
-- the same record, so that a file built again is the same.
SELECT greatest(:since::timestamptz, max(greatest(received_at, reversed_at)))
FROM payments WHERE loan_id = :loan_id;

-- name: legal_phones(borrower_id)
SELECT * FROM phones WHERE borrower_id = :borrower_id ORDER BY phone_id;

-- name: legal_addresses(borrower_id)
SELECT * FROM addresses WHERE borrower_id = :borrower_id ORDER BY address_id;

-- name: legal_debt(loan_id, today)^
SELECT * FROM loan_debt(:loan_id, :today);

-- name: legal_instalments(loan_id)
SELECT * FROM loan_instalments WHERE loan_id = :loan_id ORDER BY number;

-- name: legal_payments(loan_id)
SELECT * FROM payments WHERE loan_id = :loan_id ORDER BY received_at, payment_id;

-- name: legal_charges(loan_id)
-- What an agreement has added to the schedule: with it and the payments the figures sum up.
SELECT * FROM loan_charges WHERE loan_id = :loan_id ORDER BY due_on, charge_id;

-- name: legal_promises(loan_id)
SELECT * FROM promises WHERE loan_id = :loan_id ORDER BY made_at, promise_id;

-- name: legal_contacts(case_id)
-- Every attempt, with what its receipt says, and every refusal with its rule, in the order of time.
-- That who answered is the borrower is told by the report of the call alone.
SELECT reserved_at AS at, 'attempt' AS kind, intent_key, channel, template, purpose, phone_id,
       status, outcome, sent_at, provider_ref, recording_id, NULL AS rule_id, NULL AS reason,
       NULL::timestamptz AS retry_at, policy_version, policy_sha256, current_policy, sent_to,
       template_version, said ->> 'text' AS text, said ->> 'after_yes' AS after_yes,
       said ->> 'after_no' AS after_no, delivery, delivery_at, delivery_code,
       CASE WHEN channel = 'call' THEN EXISTS (
           SELECT FROM case_events e
           WHERE e.loan_id = a.loan_id AND e.name = 'call_finished' AND e.accepted
             AND e.body ->> 'attempt_id' = a.attempt_id
             AND e.body ->> 'identity_confirmed' = 'true') END AS identity_confirmed
FROM contact_attempts a WHERE case_id = :case_id
UNION ALL
SELECT at, 'refusal', intent_key, channel, NULL, NULL, NULL, 'refused', NULL, NULL, NULL, NULL,
       rule_id, reason, retry_at, policy_version, policy_sha256, current_policy, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL
FROM contact_refusals WHERE case_id = :case_id
ORDER BY at, kind, intent_key;

-- name: legal_received(borrower_id, loan_id)
-- What people said by themselves: replies from any number that is kept of the borrower, and how each
-- was read; calls that came in about the loan. A number that nobody knows has no `phone_id`.
SELECT r.received_at AS at, 'reply' AS kind, r.reply_id AS id, r.phone_id, r.read_as, r.text,
       NULL::integer AS duration_s, NULL::boolean AS identity_confirmed, NULL AS recording_id
FROM replies r JOIN phones p USING (phone_id) WHERE p.borrower_id = :borrower_id
UNION ALL
SELECT held_at, 'call', conversation_id, phone_id, NULL, NULL, duration_s, identity_confirmed,
       recording_id
FROM conversations WHERE loan_id = :loan_id
ORDER BY at, kind, id;

-- name: legal_events(case_id)
SELECT * FROM case_events WHERE case_id = :case_id ORDER BY sequence;

-- name: legal_visits(case_id)
SELECT v.*, ARRAY(SELECT k.badge_id FROM visit_crew k
                  WHERE k.visit_id = v.visit_id AND k.slot_id = v.slot_id
                  ORDER BY k.badge_id) AS crew
FROM visits v WHERE v.case_id = :case_id ORDER BY v.requested_at, v.visit_id;

-- name: legal_approvals(case_id)
-- Void and withdrawn ones, too.
SELECT a.* FROM visit_approvals a JOIN visits v USING (visit_id)
WHERE v.case_id = :case_id ORDER BY a.approved_at, a.visit_id;

-- name: legal_appointments(case_id)
-- Who was booked when, also for appointments that did not take place.
SELECT k.* FROM visit_crew k JOIN visits v USING (visit_id)
WHERE v.case_id = :case_id ORDER BY k.slot, k.slot_id, k.badge_id;

-- name: legal_agreements(case_id)
-- Whatever is kept of each: the document and the signatures, too.
SELECT * FROM agreements WHERE case_id = :case_id ORDER BY offered_at, agreement_id;

-- name: legal_agreement_parts(case_id)
SELECT p.* FROM agreement_instalments p JOIN agreements g USING (agreement_id)
WHERE g.case_id = :case_id ORDER BY g.offered_at, p.agreement_id, p.number;

-- name: legal_complaints(loan_id)
SELECT * FROM complaints WHERE loan_id = :loan_id ORDER BY filed_at, complaint_id;

-- name: legal_complaint_extensions(loan_id)
SELECT * FROM complaint_extensions WHERE loan_id = :loan_id ORDER BY complaint_id, number;

-- name: legal_crew_bars(borrower_id)
-- Who may not visit the borrower any more, since when and why.
SELECT * FROM crew_bars WHERE borrower_id = :borrower_id ORDER BY since, badge_id;

-- name: legal_holds(borrower_id)
-- On any loan of the borrower: each stopped contact on all of them.
SELECT * FROM holds WHERE borrower_id = :borrower_id ORDER BY placed_at, loan_id, hold_id;

-- name: legal_evidence(loan_id)
-- The loan's whole chain: each link follows from the one before it.
SELECT sequence, kind, row_id, salt, personal, digest, chain FROM evidence
WHERE loan_id = :loan_id ORDER BY sequence;

-- name: legal_policies(case_id)
-- The policies the case was pinned to, and those its contacts were decided under; with their texts.
SELECT p.version, p.sha256, (p.body || jsonb_build_object('texts', p.texts))::text AS body
FROM policies p
WHERE p.version IN (
    SELECT policy_version FROM collection_cases WHERE case_id = :case_id
    UNION SELECT unnest(ARRAY[policy_version, current_policy]) FROM contact_attempts
          WHERE case_id = :case_id
    UNION SELECT unnest(ARRAY[policy_version, current_policy]) FROM contact_refusals
          WHERE case_id = :case_id
    UNION SELECT body ->> 'policy_version' FROM case_events
          WHERE case_id = :case_id AND name = 'policy_adopted' AND accepted)
ORDER BY p.version;

-- name: legal_package_sha256(case_id)$
SELECT sha256 FROM legal_packages WHERE case_id = :case_id;

-- name: keep_legal_package(case_id, built_at, sha256, content, manifest)!
INSERT INTO legal_packages (case_id, built_at, sha256, content, manifest)
VALUES (:case_id, :built_at, :sha256, :content, :manifest::jsonb)
ON CONFLICT (case_id) DO NOTHING;

-- name: legal_package_of_loan(loan_id)^
-- With when and by which rule its content was erased, where it was.
SELECT k.case_id, k.sha256, k.content, erased.erased_at, erased.rule_id
FROM legal_packages k JOIN collection_cases c USING (case_id) JOIN loans l USING (loan_id)
LEFT JOIN LATERAL (
    SELECT x.erased_at, x.rule_id FROM erasures x
    WHERE x.borrower_id = l.borrower_id AND x.kind = 'agreement' AND k.content = ''
      AND x.erased_at >= k.built_at
    ORDER BY x.erased_at LIMIT 1) AS erased ON true
WHERE c.loan_id = :loan_id ORDER BY k.built_at DESC LIMIT 1;

-- name: legal_erasures(borrower_id)
-- What was erased of the borrower, when and by which rule.
SELECT kind, erased_at, rule_id FROM erasures
WHERE borrower_id = :borrower_id ORDER BY erased_at, kind;

-- name: documents_erased(agreement_id)^
SELECT x.erased_at, x.rule_id
FROM agreements g JOIN loans l USING (loan_id)
JOIN erasures x ON x.borrower_id = l.borrower_id AND x.kind = 'agreement'
WHERE g.agreement_id = :agreement_id AND g.document_pdf IS NULL AND x.erased_at >= g.offered_at
ORDER BY x.erased_at LIMIT 1;
