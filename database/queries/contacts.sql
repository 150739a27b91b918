-- name: contact_facts(case_id, intent_key, now, days_back)^
-- Two objects become one, in their order: people read it.
SELECT recipient::text, concat(left(facts::text, -1), ', ', substr(people::text, 2)) AS facts
FROM contact_facts(:case_id, :intent_key, :now, :days_back)
CROSS JOIN LATERAL right_party_facts(
    recipient ->> 'borrower_id', :intent_key, (recipient ->> 'at')::timestamptz) AS people;

-- name: reserve_attempt(attempt_id, intent_key, case_id, loan_id, borrower_id, revision, phone_id, channel, template, purpose, now, policy_version, policy_sha256, current_policy, facts)^
-- Nothing when the borrower's revision has moved on since the facts were read. Who comes second
-- waits for the first one's row to be written, and then finds another revision.
WITH unchanged AS (
    UPDATE borrowers SET revision = revision + 1
    WHERE borrower_id = :borrower_id AND revision = :revision
    RETURNING borrower_id
)
INSERT INTO contact_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id, phone_id,
                              channel, template, purpose, reserved_at, status, policy_version,
                              policy_sha256, current_policy, facts)
SELECT :attempt_id, :intent_key, :case_id, :loan_id, borrower_id, :phone_id,
       :channel, :template, :purpose, :now, 'reserved', :policy_version,
       :policy_sha256, :current_policy, :facts
FROM unchanged
RETURNING attempt_id, status, template,
          (SELECT number FROM phones WHERE phone_id = :phone_id) AS number;

-- name: renew_attempt(attempt_id, borrower_id, revision, phone_id, template, now, policy_version, policy_sha256, current_policy, facts)^
-- Nothing as above, or when the attempt was settled meanwhile.
WITH unchanged AS (
    UPDATE borrowers SET revision = revision + 1
    WHERE borrower_id = :borrower_id AND revision = :revision
    RETURNING borrower_id
)
UPDATE contact_attempts a
SET reserved_at = :now, phone_id = :phone_id, template = :template, policy_version = :policy_version,
    policy_sha256 = :policy_sha256, current_policy = :current_policy, facts = :facts
FROM unchanged, phones p
WHERE a.attempt_id = :attempt_id AND a.status = 'reserved' AND p.phone_id = :phone_id
RETURNING a.attempt_id, a.status, a.template, p.number;

-- name: attempt_of_intent(intent_key)^
SELECT attempt_id, a.status, template, number
FROM contact_attempts a JOIN phones USING (phone_id) WHERE intent_key = :intent_key;

-- name: record_refusal(case_id, intent_key, channel, rule_id, reason, retry_at, now, policy_version, policy_sha256, current_policy, facts)!
INSERT INTO contact_refusals (case_id, intent_key, at, channel, rule_id, reason, retry_at,
                              policy_version, policy_sha256, current_policy, facts)
VALUES (:case_id, :intent_key, :now, :channel, :rule_id, :reason, :retry_at, :policy_version,
        :policy_sha256, :current_policy, :facts)
ON CONFLICT (intent_key, at) DO NOTHING;

-- name: record_sent(attempt_id, provider_ref, sent_at, case_id, now)$
SELECT record_sent(:attempt_id, :provider_ref, :sent_at, :case_id, :now)::text;

-- name: record_unsent(attempt_id, status, outcome, now)!
UPDATE contact_attempts
SET status = :status, outcome = coalesce(outcome, :outcome), outcome_at = coalesce(outcome_at, :now)
WHERE attempt_id = :attempt_id;

-- name: simulated_send(reference, channel, number, text, after_yes, after_no, now)!
INSERT INTO simulated_outbox (reference, channel, number, text, after_yes, after_no, sent_at)
VALUES (:reference, :channel, :number, :text, :after_yes, :after_no, :now)
ON CONFLICT (reference) DO NOTHING;

-- name: simulated_lookup(reference)$
SELECT sent_at FROM simulated_outbox WHERE reference = :reference;
