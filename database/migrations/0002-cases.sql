-- Policies, collection cases and what happened in them
-- depends: 0001-loans

-- migrate: apply
CREATE TABLE policies (
    version   text PRIMARY KEY,
    profile   text NOT NULL,
    sha256    text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    body      jsonb NOT NULL,
    stored_at timestamptz NOT NULL,
    -- How many days back, of 24 hours each, its rules look at contacts.
    longest_window_days integer NOT NULL DEFAULT 8 CHECK (longest_window_days >= 8)
);

-- One row, one workflow, for one delinquency of one loan.
CREATE TABLE collection_cases (
    case_id        text PRIMARY KEY,
    -- Cases that are opened together have neighbouring places: what spreads them over a day.
    place          bigint GENERATED ALWAYS AS IDENTITY,
    loan_id        text NOT NULL REFERENCES loans,
    overdue_since  date NOT NULL,
    policy_version text NOT NULL REFERENCES policies,
    opened_at      timestamptz NOT NULL,
    -- Set once the workflow is known to run; a scan that died in between finds the row open.
    started_at     timestamptz,
    stage          text,
    closed_at      timestamptz,
    outcome        text CHECK (outcome IN ('cured', 'settled', 'plan_completed', 'handed_to_legal',
                                           'written_off', 'transferred', 'withdrawn')),
    UNIQUE (loan_id, overdue_since),
    CHECK ((closed_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX one_open_case_a_loan ON collection_cases (loan_id) WHERE closed_at IS NULL;

CREATE TABLE case_events (
    sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     text NOT NULL REFERENCES collection_cases,
    loan_id     text NOT NULL REFERENCES loans,
    event_id    text NOT NULL,
    name        text NOT NULL,
    source      text NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    stage       text NOT NULL,
    accepted    boolean NOT NULL,
    reason      text,
    body        jsonb NOT NULL,
    -- Which delivery wrote the row: tells a retried write from a repeated event.
    receipt     text NOT NULL,
    UNIQUE (loan_id, event_id),
    CHECK (accepted OR reason IS NOT NULL)
);
CREATE INDEX events_of_case ON case_events (case_id, sequence);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER case_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE promises (
    promise_id   text PRIMARY KEY,
    case_id      text NOT NULL REFERENCES collection_cases,
    loan_id      text NOT NULL REFERENCES loans,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    due_on       date NOT NULL,
    made_at      timestamptz NOT NULL,
    status       text NOT NULL DEFAULT 'open' CHECK (status IN
        ('open', 'kept', 'broken', 'replaced')),  -- by a signed plan
    resolved_at  timestamptz,
    CHECK ((status = 'open') = (resolved_at IS NULL))
);
CREATE INDEX promises_of_case ON promises (case_id);
CREATE INDEX promises_of_loan ON promises (loan_id, status);

CREATE TABLE holds (
    loan_id     text NOT NULL REFERENCES loans,
    hold_id     text NOT NULL,
    borrower_id text NOT NULL REFERENCES borrowers,
    reason      text NOT NULL,
    placed_at   timestamptz NOT NULL,
    until       timestamptz,
    released_at timestamptz,
    PRIMARY KEY (loan_id, hold_id)
);
CREATE INDEX holds_in_force ON holds (borrower_id) WHERE released_at IS NULL;
CREATE TRIGGER hold_noted AFTER INSERT ON holds FOR EACH ROW EXECUTE FUNCTION note_of_borrower();

CREATE TABLE complaints (
    loan_id       text NOT NULL REFERENCES loans,
    complaint_id  text NOT NULL,
    case_id       text NOT NULL REFERENCES collection_cases,
    about         text NOT NULL,
    filed_at      timestamptz NOT NULL,
    answer_due_at timestamptz NOT NULL,
    -- Who answers it: nobody who has a part in the visits it may be about.
    handler_id    text,
    resolved_at   timestamptz,
    upheld        boolean,
    remedy        text,
    PRIMARY KEY (loan_id, complaint_id)
);

-- More time to answer, and who granted it: once as complex, once more as a special case.
CREATE TABLE complaint_extensions (
    loan_id         text NOT NULL,
    complaint_id    text NOT NULL,
    number          integer NOT NULL CHECK (number IN (1, 2)),
    extended_by     text NOT NULL,
    reason          text NOT NULL,
    extended_at     timestamptz NOT NULL,
    was_due_at      timestamptz NOT NULL,
    answer_due_at   timestamptz NOT NULL,
    PRIMARY KEY (loan_id, complaint_id, number),
    FOREIGN KEY (loan_id, complaint_id) REFERENCES complaints
);

-- What the legal desk is handed: one file a case, built once and kept as it is.
CREATE TABLE legal_packages (
    case_id  text PRIMARY KEY REFERENCES collection_cases,
    built_at timestamptz NOT NULL,
    sha256   text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content  bytea NOT NULL,
    manifest jsonb NOT NULL
);

-- What the lender's own people are told: approvers, crews, the legal desk, complaint handlers.
CREATE TABLE staff_notices (
    notice_id  text PRIMARY KEY,
    case_id    text NOT NULL REFERENCES collection_cases,
    audience   text NOT NULL CHECK (audience IN
        ('approvers', 'senior_approvers', 'crew', 'collectors', 'complaint_desk', 'legal')),
    kind       text NOT NULL,
    body       jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX notices_by_time ON staff_notices (created_at);

-- migrate: rollback
DROP TABLE legal_packages, complaint_extensions;
DROP TABLE staff_notices, complaints, holds, promises, case_events, collection_cases, policies;
DROP FUNCTION refuse_change;
