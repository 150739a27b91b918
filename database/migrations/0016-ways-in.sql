-- What people say by themselves: replies, calls that they make; whether a visit may be filmed
-- depends: 0015-right-person

-- migrate: apply

-- Whoever takes messages in writes them here before the event that names them, so that no text of
-- a person stands in a history. `Reading` in domain/contact/replies.py; what no word of it fits is
-- kept for people.
CREATE TABLE replies (
    reply_id    text PRIMARY KEY,
    phone_id    text NOT NULL REFERENCES phones,
    text        text NOT NULL,
    received_at timestamptz NOT NULL,
    read_as     text CHECK (read_as IN ('wrong_person', 'refused', 'confirmed', 'for_people')),
    read_at     timestamptz,
    CHECK ((read_as IS NULL) = (read_at IS NULL))
);
CREATE INDEX replies_of_phone ON replies (phone_id, received_at);

-- Conversations that the borrower began.
CREATE TABLE conversations (
    loan_id            text NOT NULL REFERENCES loans,
    conversation_id    text NOT NULL,
    borrower_id        text NOT NULL REFERENCES borrowers,
    phone_id           text REFERENCES phones,  -- NULL: from a number that nobody knows
    held_at            timestamptz NOT NULL,
    recorded_at        timestamptz NOT NULL,
    duration_s         integer NOT NULL DEFAULT 0,
    recording_id       text,
    identity_confirmed boolean NOT NULL,
    PRIMARY KEY (loan_id, conversation_id)
);
CREATE INDEX conversations_of_borrower ON conversations (borrower_id, held_at);

-- An answer at the door, and what was done. NULL: a visit of before it was asked.
ALTER TABLE visits ADD filming_consent boolean, ADD filmed_inside boolean;

-- Beside `contact_facts`, in the same round trip: whose the numbers are, and what the borrower did.
CREATE FUNCTION right_party_facts(of_borrower text, intent text, moment timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        -- What is said of one entry of a number holds for all of them.
        'confirmed', (
            SELECT coalesce(json_object_agg(known.phone_id, known.confirmed_by), '{}') FROM (
                SELECT p.phone_id, json_agg(DISTINCT c.confirmed_by) AS confirmed_by
                FROM phones p
                JOIN phones same ON same.borrower_id = p.borrower_id AND same.number = p.number
                     AND same.relation = 'self'
                JOIN phone_confirmations c ON c.phone_id = same.phone_id
                     AND c.confirmed_at <= moment
                WHERE p.borrower_id = of_borrower AND p.relation = 'self'
                GROUP BY p.phone_id) AS known),
        'refused_phone_ids', to_json(ARRAY(
            SELECT p.phone_id FROM phones p
            WHERE p.borrower_id = of_borrower AND p.relation = 'self' AND p.status = 'refused'
            ORDER BY p.phone_id)),
        'first_messages', to_json(ARRAY(
            SELECT json_build_object('at', a.reserved_at, 'phone_id', a.phone_id)
            FROM contact_attempts a
            WHERE a.borrower_id = of_borrower AND a.template = 'first_message'
              AND a.status <> 'failed' AND a.intent_key <> intent
              AND a.reserved_at > moment - interval '61 days'
            ORDER BY a.reserved_at)),
        'conversations', to_json(ARRAY(
            SELECT json_build_object('at', k.held_at, 'loan_id', k.loan_id) FROM conversations k
            WHERE k.borrower_id = of_borrower AND k.held_at > moment - interval '367 days'
            ORDER BY k.held_at)),
        -- Asked only where somebody else could be.
        'last_act_at', CASE WHEN EXISTS (
            SELECT FROM phones p WHERE p.borrower_id = of_borrower
              AND p.relation = 'contact_person' AND p.status = 'usable') THEN (
            SELECT max(act.at) FROM loans l CROSS JOIN LATERAL (
                SELECT max(least(p.received_at, moment)) AS at FROM payments p
                WHERE p.loan_id = l.loan_id AND p.kind = 'payment'
                UNION ALL SELECT max(k.held_at) FROM conversations k WHERE k.loan_id = l.loan_id
                UNION ALL SELECT max(v.reported_at) FROM visits v
                WHERE v.loan_id = l.loan_id AND v.outcome IN ('agreed', 'refused')
                UNION ALL SELECT max(least(e.occurred_at, moment)) FROM case_events e
                WHERE e.loan_id = l.loan_id AND e.accepted AND (
                    e.name IN ('promise_made', 'complaint_filed', 'contact_preferences_changed',
                               'borrower_said', 'phone_confirmed', 'appointment_confirmed',
                               'appointment_declined', 'agreement_signed', 'agreement_declined',
                               'renegotiation_requested')
                    OR e.name = 'visit_requested' AND e.body ->> 'applicant' = 'borrower')
            ) AS act WHERE l.borrower_id = of_borrower) END)
$$;

CREATE INDEX reports_of_numbers ON case_events (received_at)
    WHERE name = 'phone_reported' AND accepted;

-- Where the audit reads what a policy asks of a number, and of calls: only of policies that do.
CREATE VIEW audit_right_party AS
SELECT version, (body ->> 'effective_from')::date AS effective_from,
       body #> '{contact,right_party,confirmed_by,value}' AS confirmed_by,
       coalesce((body #>> '{contact,third_parties,look_back_days,value}')::integer, 7)
           AS look_back_days,
       -- So many failed calls in a row, or calls on so many days: at least the lesser number.
       least((body #>> '{contact,third_parties,failed_calls,value}')::integer,
             (body #>> '{contact,third_parties,failed_days,value}')::integer) AS failed_calls
FROM policies
WHERE body #>> '{contact,right_party,confirmed_only,value}' = 'true'
  AND coalesce(body #>> '{contact,right_party,confirmed_only,enabled}', 'true') = 'true';
CREATE VIEW audit_recorded AS
SELECT version FROM policies
WHERE body #>> '{contact,calls_recorded,value}' = 'true'
  AND coalesce(body #>> '{contact,calls_recorded,enabled}', 'true') = 'true';

-- migrate: rollback
DROP VIEW audit_recorded, audit_right_party;
DROP INDEX reports_of_numbers;
DROP FUNCTION right_party_facts;
ALTER TABLE visits DROP filming_consent, DROP filmed_inside;
DROP TABLE conversations, replies;
