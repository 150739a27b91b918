-- What was done and not done for one loan, for people who ask why. Newest first.

-- name: story_of_loan(loan_id)^
SELECT l.loan_id, l.currency, b.time_zone
FROM loans l JOIN borrowers b USING (borrower_id) WHERE l.loan_id = :loan_id;

-- name: story_attempts(loan_id)
SELECT a.reserved_at AS at, a.attempt_id, a.channel, a.template, a.purpose, a.phone_id, a.status,
       a.outcome, a.sent_at, a.policy_version, a.policy_sha256, a.current_policy,
       a.facts::text AS facts
FROM contact_attempts a WHERE a.loan_id = :loan_id
ORDER BY a.reserved_at DESC, a.attempt_id;

-- name: story_refusals(loan_id)
SELECT r.at, r.intent_key, r.channel, r.rule_id, r.reason, r.retry_at, r.policy_version,
       r.policy_sha256, r.current_policy, r.facts::text AS facts
FROM contact_refusals r JOIN collection_cases c USING (case_id) WHERE c.loan_id = :loan_id
ORDER BY r.at DESC, r.refusal_id DESC;

-- name: story_refused_events(loan_id)
SELECT e.received_at AS at, e.event_id, e.name, e.source, e.stage, e.reason
FROM case_events e WHERE e.loan_id = :loan_id AND NOT e.accepted
ORDER BY e.sequence DESC;

-- name: story_visits(loan_id)
SELECT coalesce(v.ended_at, v.requested_at) AS at, 'visit' AS kind, v.visit_id AS what,
       concat_ws(': ', v.status, v.ended_reason) AS result
FROM visits v WHERE v.loan_id = :loan_id;

-- name: story_ends(loan_id)
SELECT c.closed_at AS at, 'end' AS kind, concat('case ', c.case_id) AS what, c.outcome AS result
FROM collection_cases c WHERE c.loan_id = :loan_id AND c.closed_at IS NOT NULL;
