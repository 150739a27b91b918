-- The front door: credentials of sending systems, and the inbox of what they sent.

-- name: credentials()
SELECT key_id, source, events, lenders, may_name_staff, salt, previous_salt, previous_until,
       added_at, rotated_at, revoked_at
FROM credentials ORDER BY key_id;

-- name: add_credential(key_id, source, events, lenders, may_name_staff, salt, now)$
INSERT INTO credentials (key_id, source, events, lenders, may_name_staff, salt, added_at)
VALUES (:key_id, :source, :events, :lenders, :may_name_staff, :salt, :now)
ON CONFLICT (key_id) DO NOTHING RETURNING key_id;

-- name: rotate_credential(key_id, salt, until, now)$
UPDATE credentials
SET previous_salt = salt, previous_until = :until, salt = :salt, rotated_at = :now
WHERE key_id = :key_id AND revoked_at IS NULL RETURNING key_id;

-- name: revoke_credential(key_id, now)$
UPDATE credentials SET revoked_at = :now WHERE key_id = :key_id AND revoked_at IS NULL
RETURNING key_id;

-- name: lenders_without_loans(lenders)
-- Those among them of whom no loan is on record, in their order. Goes through the loans: for commands.
SELECT named.lender FROM unnest(:lenders::text[]) WITH ORDINALITY AS named (lender, place)
WHERE named.lender <> '*' AND NOT EXISTS (SELECT FROM loans l WHERE l.lender = named.lender)
ORDER BY named.place;

-- name: lender_of_loan(loan_id)$
SELECT lender FROM loans WHERE loan_id = :loan_id;

-- name: keep_event(loan_id, event_id, name, body, sha256, key_id, ticket, lenders, now, leased_until)^
-- Kept once. It is leased to who keeps it, unless an earlier one of the loan waits.
INSERT INTO inbox (loan_id, event_id, name, body, sha256, key_id, ticket, received_at, leased_until)
SELECT l.loan_id, :event_id, :name, :body, :sha256, :key_id, :ticket, :now,
       CASE WHEN NOT EXISTS (SELECT FROM inbox i WHERE i.loan_id = l.loan_id AND i.answer IS NULL)
            THEN :leased_until::timestamptz END
FROM loans l WHERE l.loan_id = :loan_id AND (l.lender = ANY (:lenders::text[]) OR '*' = ANY (:lenders))
ON CONFLICT (loan_id, event_id) DO NOTHING
RETURNING sequence, loan_id, event_id, name, body, ticket, leased_until IS NOT NULL AS is_leased;

-- name: kept_event(loan_id, event_id, lenders)^
SELECT i.sequence, i.name, i.sha256, i.key_id, i.ticket, i.answer::text AS answer
FROM inbox i JOIN loans l USING (loan_id)
WHERE i.loan_id = :loan_id AND i.event_id = :event_id
  AND (l.lender = ANY (:lenders::text[]) OR '*' = ANY (:lenders));

-- name: keep_again(loan_id, event_id, ticket, body, now)^
-- What came before its other half takes its turn anew.
UPDATE inbox SET answer = NULL, leased_until = NULL, sequence = DEFAULT, ticket = :ticket,
                 body = :body, received_at = :now
WHERE loan_id = :loan_id AND event_id = :event_id AND (answer ->> 'may_come_again')::boolean
RETURNING sequence;

-- name: lease_next(loan_id, now, until)^
-- The event of a loan that has waited longest, unless somebody delivers it.
UPDATE inbox SET leased_until = :until
WHERE sequence = (SELECT min(sequence) FROM inbox WHERE loan_id = :loan_id AND answer IS NULL)
  AND (leased_until IS NULL OR leased_until <= :now) AND answer IS NULL
RETURNING sequence, loan_id, event_id, name, body, ticket;

-- name: renew_lease(sequence, until)!
UPDATE inbox SET leased_until = :until WHERE sequence = :sequence AND answer IS NULL;

-- name: answer_events(sequences, answers)!
UPDATE inbox i SET answer = a.answer::jsonb, leased_until = NULL
FROM unnest(:sequences::bigint[], :answers::text[]) AS a (sequence, answer)
WHERE i.sequence = a.sequence AND i.answer IS NULL;

-- name: loans_waiting(now, after_loan, most)
-- Loans of which an event waits that nobody delivers, in order of their ids.
SELECT DISTINCT loan_id FROM inbox
WHERE answer IS NULL AND loan_id > :after_loan AND (leased_until IS NULL OR leased_until <= :now)
ORDER BY loan_id LIMIT :most;


-- name: waiting_events()$
SELECT count(*) FROM inbox WHERE answer IS NULL;
