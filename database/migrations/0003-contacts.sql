-- Contact attempts, refusals, and the simulated provider's outbox
-- depends: 0002-cases

-- migrate: apply
CREATE TABLE contact_attempts (
    attempt_id     text PRIMARY KEY,
    -- Business state, never a run or activity id: one intent, one attempt.
    intent_key     text NOT NULL UNIQUE,
    case_id        text NOT NULL REFERENCES collection_cases,
    loan_id        text NOT NULL REFERENCES loans,
    borrower_id    text NOT NULL REFERENCES borrowers,
    phone_id       text NOT NULL REFERENCES phones,
    channel        text NOT NULL CHECK (channel IN ('sms', 'call')),
    template       text NOT NULL,
    purpose        text NOT NULL CHECK (purpose IN
        ('collection', 'visit', 'repayment', 'closing', 'locate')),
    reserved_at    timestamptz NOT NULL,
    sent_at        timestamptz,
    provider_ref   text,
    -- 'unknown': the provider was asked and cannot say; counted, and never sent again.
    status         text NOT NULL CHECK (status IN ('reserved', 'sent', 'failed', 'unknown')),
    outcome        text,
    outcome_at     timestamptz,
    duration_s     integer,
    recording_id   text,
    policy_version text NOT NULL REFERENCES policies,
    -- What the decision was made on, so that it can be explained later: the pinned policy's hash,
    -- the version of the policy that was current then (the stricter of the two wins), the facts,
    -- word for word as they were read.
    policy_sha256  text,
    current_policy text,
    facts          json,
    CHECK ((status = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX attempts_of_borrower ON contact_attempts (borrower_id, reserved_at);
CREATE INDEX attempts_of_case ON contact_attempts (case_id, reserved_at);

CREATE TABLE contact_refusals (
    refusal_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id        text NOT NULL REFERENCES collection_cases,
    intent_key     text NOT NULL,
    at             timestamptz NOT NULL,
    channel        text NOT NULL,
    rule_id        text NOT NULL,
    reason         text NOT NULL,
    retry_at       timestamptz,
    policy_version text NOT NULL REFERENCES policies,
    policy_sha256  text,  -- these three as for an attempt
    current_policy text,
    facts          json,
    UNIQUE (intent_key, at)
);
CREATE INDEX refusals_of_case ON contact_refusals (case_id, at);

-- What the simulated SMS and call provider was asked to do: a person can read it.
CREATE TABLE simulated_outbox (
    reference text PRIMARY KEY,
    sequence  bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    channel   text NOT NULL,
    number    text NOT NULL,
    text      text NOT NULL,
    sent_at   timestamptz NOT NULL
);

-- migrate: rollback
DROP TABLE simulated_outbox, contact_refusals, contact_attempts;
