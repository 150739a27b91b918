-- Events over HTTP: who may send what, and what has come in and waits for its verdict
-- depends: 0019-providers

-- migrate: apply

-- One row a sending system. Nothing here is secret: a secret is made of DOOR_KEY, the key id and a
-- salt, so that whoever reads the table can sign nothing.
CREATE TABLE credentials (
    key_id         text PRIMARY KEY CHECK (key_id ~ '^[a-z0-9][a-z0-9_-]{0,59}$'),
    source         text NOT NULL,
    events         text[] NOT NULL CHECK (cardinality(events) > 0),
    lenders        text[] NOT NULL CHECK (cardinality(lenders) > 0),
    may_name_staff boolean NOT NULL DEFAULT false,
    salt           text NOT NULL,
    -- While it is rotated, what it replaced still opens.
    previous_salt  text,
    previous_until timestamptz,
    added_at       timestamptz NOT NULL,
    rotated_at     timestamptz,
    revoked_at     timestamptz,
    CHECK ((previous_salt IS NULL) = (previous_until IS NULL))
);

-- Events that were acknowledged, in the order they came. What has no answer is still to be judged.
CREATE TABLE inbox (
    sequence     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    loan_id      text NOT NULL REFERENCES loans,
    event_id     text NOT NULL,
    name         text NOT NULL,
    -- As it is delivered, its source set.
    body         text NOT NULL,
    -- Of the event as it was sent, in one form of JSON: tells a repetition from another event.
    sha256       text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    key_id       text NOT NULL REFERENCES credentials,
    -- Named with the delivery; the record finds by it who sent the event.
    ticket       text NOT NULL UNIQUE,
    received_at  timestamptz NOT NULL,
    -- Somebody delivers it until then: real time, whatever the business clock says.
    leased_until timestamptz,
    answer       jsonb,
    UNIQUE (loan_id, event_id)
);
CREATE INDEX inbox_waiting ON inbox (loan_id, sequence) WHERE answer IS NULL;

ALTER TABLE case_events
    -- The credential of the sender that the front door has verified; none of a plain signal.
    ADD COLUMN sent_by text REFERENCES credentials,
    -- An event of a loan without an open case has none.
    ALTER COLUMN case_id DROP NOT NULL;
-- A borrower may complain whether or not anything is overdue.
ALTER TABLE complaints ALTER COLUMN case_id DROP NOT NULL;

-- migrate: rollback
ALTER TABLE complaints ALTER COLUMN case_id SET NOT NULL;
ALTER TABLE case_events ALTER COLUMN case_id SET NOT NULL, DROP COLUMN sent_by;
DROP TABLE inbox, credentials;
