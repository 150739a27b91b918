-- name: contact_facts(case_id, intent_key, now, days_back, channel)^
-- Two objects become one, in their order: people read it. Beside what the gate asks: what a message
-- may say the loan costs, and whether a waiver has ended with the plan that was broken last; and what
-- stands between us and the provider: a person who is made up, gateways that are closed.
SELECT recipient::text,
       concat(left(facts::text, -1), ', ', left(substr(people::text, 2), -1),
              ', "other_entries": ', (
           -- Of a number that has several entries: which one stands for the others.
           SELECT coalesce(json_object_agg(phone_id, kept), '{}')
           FROM (SELECT p.phone_id, first_value(p.phone_id) OVER (
                     PARTITION BY p.number
                     ORDER BY p.relation <> 'self', p.priority, p.phone_id) AS kept
                 FROM phones p WHERE p.borrower_id = l.borrower_id) AS entry
           WHERE phone_id <> kept), '}') AS facts,
       json_build_object(
           'annual_rate_percent', l.annual_rate_percent,
           'penalty_rate_percent', l.penalty_rate_percent,
           'waiver_lost', coalesce((
               SELECT g.waiver_minor > 0 FROM agreements g
               WHERE g.case_id = c.case_id AND g.status = 'broken'
               ORDER BY g.ended_at DESC LIMIT 1), FALSE))::text AS loan,
       (SELECT b.is_made_up FROM borrowers b WHERE b.borrower_id = l.borrower_id) AS is_made_up,
       (SELECT json_agg(json_build_object(
                   'closure_id', g.closure_id, 'template', g.template, 'refusal', g.refusal,
                   'code', g.code, 'probe_at', g.probe_at))::text
        FROM gateway_closures g
        WHERE g.opened_at IS NULL AND g.channel = :channel) AS closed
FROM collection_cases c JOIN loans l USING (loan_id)
CROSS JOIN LATERAL contact_facts(:case_id, :intent_key, :now, :days_back)
CROSS JOIN LATERAL right_party_facts(
    recipient ->> 'borrower_id', :intent_key, (recipient ->> 'at')::timestamptz) AS people
WHERE c.case_id = :case_id;

-- name: reserve_attempt(attempt_id, intent_key, case_id, loan_id, borrower_id, revision, phone_id, channel, template, purpose, now, policy_version, policy_sha256, current_policy, facts, said, template_version)^
-- Nothing when the borrower's revision has moved on since the facts were read. Who comes second
-- waits for the first one's row to be written, and then finds another revision.
WITH unchanged AS (
    UPDATE borrowers SET revision = revision + 1
    WHERE borrower_id = :borrower_id AND revision = :revision
    RETURNING borrower_id
)
INSERT INTO contact_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id, phone_id,
                              channel, template, purpose, reserved_at, status, policy_version,
                              policy_sha256, current_policy, facts, sent_to, said,
                              template_version)
SELECT :attempt_id, :intent_key, :case_id, :loan_id, unchanged.borrower_id, p.phone_id,
       :channel, :template, :purpose, :now, 'reserved', :policy_version,
       :policy_sha256, :current_policy, :facts,
       CASE WHEN :said::jsonb IS NOT NULL THEN p.number END, :said::jsonb, :template_version
FROM unchanged JOIN phones p ON p.phone_id = :phone_id
RETURNING attempt_id, status, template,
          (SELECT number FROM phones WHERE phone_id = :phone_id) AS number,
          reserved_at, false AS is_not_taken;

-- name: renew_attempt(attempt_id, borrower_id, revision, phone_id, template, now, policy_version, policy_sha256, current_policy, facts, said, template_version)^
-- Nothing as above, or when the attempt was settled meanwhile.
WITH unchanged AS (
    UPDATE borrowers SET revision = revision + 1
    WHERE borrower_id = :borrower_id AND revision = :revision
    RETURNING borrower_id
)
UPDATE contact_attempts a
SET reserved_at = :now, phone_id = :phone_id, template = :template, not_taken_at = NULL,
    policy_version = :policy_version,
    policy_sha256 = :policy_sha256, current_policy = :current_policy, facts = :facts,
    sent_to = CASE WHEN :said::jsonb IS NOT NULL THEN p.number END, said = :said::jsonb,
    template_version = :template_version
FROM unchanged, phones p
WHERE a.attempt_id = :attempt_id AND a.status = 'reserved' AND p.phone_id = :phone_id
RETURNING a.attempt_id, a.status, a.template, p.number, a.reserved_at, false AS is_not_taken;

-- name: attempt_of_intent(intent_key)^
SELECT attempt_id, a.status, template, number, reserved_at, not_taken_at IS NOT NULL AS is_not_taken
FROM contact_attempts a JOIN phones USING (phone_id) WHERE intent_key = :intent_key;

-- name: made_in_any_window(case_id, first_key)$
-- What was certainly not sent in one window has the key of another: `key:2`, and so on.
SELECT status FROM contact_attempts
WHERE case_id = :case_id AND status IN ('sent', 'unknown')
  AND starts_with(intent_key, :first_key)
  AND substr(intent_key, length(:first_key) + 1) SIMILAR TO '(:[0-9]+)?'
LIMIT 1;

-- name: record_refusal(case_id, intent_key, channel, rule_id, reason, retry_at, now, policy_version, policy_sha256, current_policy, facts)!
-- Who asks again before the moment they were told, after a crash, is refused as they were.
INSERT INTO contact_refusals (case_id, intent_key, at, channel, rule_id, reason, retry_at,
                              policy_version, policy_sha256, current_policy, facts)
SELECT :case_id, :intent_key, :now, :channel, :rule_id, :reason, :retry_at, :policy_version,
       :policy_sha256, :current_policy, :facts
WHERE NOT EXISTS (
    SELECT FROM contact_refusals
    WHERE intent_key = :intent_key AND rule_id = :rule_id AND retry_at = :retry_at)
ON CONFLICT (intent_key, at) DO NOTHING;

-- name: is_end_told(case_id, intent_key)$
-- Whether a run that does not know of it, such as one out of an older copy, has told of this end.
SELECT EXISTS (SELECT FROM contact_attempts a JOIN collection_cases c USING (case_id)
               WHERE a.case_id = :case_id AND a.purpose = 'closing' AND a.status <> 'failed'
                 AND a.intent_key <> :intent_key AND a.reserved_at >= c.closed_at);

-- name: record_proposed(case_id)!
-- An appointment of which the borrower was told, and which a receipt, not the provider's answer, says.
UPDATE visits v SET notice_sent_at = a.sent_at, status = 'proposed'
FROM contact_attempts a
WHERE v.case_id = :case_id AND v.ended_at IS NULL AND v.status = 'approved'
  AND a.case_id = v.case_id AND a.template = 'visit_appointment' AND a.status = 'sent'
  AND (a.intent_key = v.case_id || ':' || v.slot_id
       OR starts_with(a.intent_key, v.case_id || ':' || v.slot_id || ':'));

-- name: record_sent(attempt_id, provider_ref, sent_at, case_id, now)$
SELECT record_sent(:attempt_id, :provider_ref, :sent_at, :case_id, :now)::text;

-- name: record_not_taken(attempt_id, reserved_at, now)!
-- Of this reservation only: a later one may be with the provider by now.
UPDATE contact_attempts SET not_taken_at = :now
WHERE attempt_id = :attempt_id AND status = 'reserved' AND reserved_at = :reserved_at;

-- name: leave_number(attempt_id, status, code, now)$
WITH said AS (
    UPDATE contact_attempts SET delivery_code = :code WHERE attempt_id = :attempt_id
    RETURNING phone_id
)
SELECT leave_number(phone_id, :status, :now) FROM said;

-- name: record_unsent(attempt_id, status, outcome, now)!
UPDATE contact_attempts
SET status = :status, outcome = coalesce(outcome, :outcome), outcome_at = coalesce(outcome_at, :now)
WHERE attempt_id = :attempt_id AND status <> 'sent';

-- name: simulated_send(reference, channel, number, text, after_yes, after_no, now)!
INSERT INTO simulated_outbox (reference, channel, number, text, after_yes, after_no, sent_at)
VALUES (:reference, :channel, :number, :text, :after_yes, :after_no, :now)
ON CONFLICT (reference) DO NOTHING;

-- name: simulated_lookup(reference)$
SELECT sent_at FROM simulated_outbox WHERE reference = :reference;

-- name: close_gateway(channel, template, refusal, code, now, probe_at)$
-- One closure at a time for a channel, or a template of it; said again, its next probe is later.
INSERT INTO gateway_closures (channel, template, refusal, code, closed_at, probe_at)
VALUES (:channel, :template, :refusal, :code, :now, :probe_at)
ON CONFLICT (channel, coalesce(template, '')) WHERE opened_at IS NULL
DO UPDATE SET code = excluded.code, probe_at = excluded.probe_at
RETURNING xmax = 0 AS is_new;

-- name: take_probe(closure_id, now, next_probe_at)$
-- One contact at a time.
UPDATE gateway_closures SET probe_at = :next_probe_at
WHERE closure_id = :closure_id AND probe_at <= :now AND opened_at IS NULL
RETURNING closure_id;

-- name: open_closure(closure_id, now)!
UPDATE gateway_closures SET opened_at = :now WHERE closure_id = :closure_id AND opened_at IS NULL;

-- name: open_gateway(channel, template, now)
-- By hand: without a template all of the channel's closures end.
UPDATE gateway_closures SET opened_at = :now
WHERE opened_at IS NULL AND channel = :channel
  AND (:template::text IS NULL OR template = :template)
RETURNING closure_id, channel, template, refusal, code, closed_at, probe_at;

-- name: closed_gateways()
SELECT closure_id, channel, template, refusal, code, closed_at, probe_at
FROM gateway_closures WHERE opened_at IS NULL ORDER BY closed_at, closure_id;

-- name: record_receipt(provider, reference, provider_ref, delivery, at, code, refusal, call_outcome, duration_s, pressed, now)$
-- Twice is once.
INSERT INTO delivery_receipts (provider, reference, provider_ref, delivery, at, code, refusal,
                               call_outcome, duration_s, pressed, received_at)
VALUES (:provider, :reference, :provider_ref, :delivery, :at, :code, :refusal, :call_outcome,
        :duration_s, :pressed, :now)
ON CONFLICT DO NOTHING
RETURNING receipt_id;
