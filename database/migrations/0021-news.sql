-- News for other systems: written with the fact it tells of, and delivered to registered endpoints
-- depends: 0020-front-door

-- migrate: apply

-- Where news go. Nothing here is secret, as in `credentials`: secrets are made of DOOR_KEY.
CREATE TABLE news_endpoints (
    endpoint_id      text PRIMARY KEY CHECK (endpoint_id ~ '^[a-z0-9][a-z0-9_-]{0,59}$'),
    url              text NOT NULL,
    -- `visit.proposed`, every one of a family as `visit.*`, or `*`.
    types            text[] NOT NULL CHECK (cardinality(types) > 0),
    lenders          text[] NOT NULL CHECK (cardinality(lenders) > 0),
    salt             text NOT NULL,
    -- While it is rotated, both sign.
    previous_salt    text,
    previous_until   timestamptz,
    added_at         timestamptz NOT NULL,
    rotated_at       timestamptz,
    disabled_at      timestamptz,
    disabled_because text CHECK (disabled_because IN ('by_hand', 'failing', 'gone')),
    -- The first failure since something was delivered; and it asked to be left alone until then.
    failing_since    timestamptz,
    paused_until     timestamptz,
    CHECK ((previous_salt IS NULL) = (previous_until IS NULL)),
    CHECK ((disabled_at IS NULL) = (disabled_because IS NULL))
);

-- How many news a loan has. Locked until the fact is committed: news of a loan are in its order.
CREATE TABLE news_counts (
    loan_id  text PRIMARY KEY,
    sequence bigint NOT NULL
);

CREATE TABLE news (
    news_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    loan_id  text NOT NULL,
    lender   text NOT NULL,
    sequence bigint NOT NULL,  -- of the loan, without a gap
    type     text NOT NULL,
    body     text NOT NULL,    -- what is signed, to the byte
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Its place in the feed, given once it is committed: none appears behind a reader's back.
    position bigint UNIQUE,
    UNIQUE (loan_id, sequence)
);
CREATE INDEX news_to_publish ON news (news_id) WHERE position IS NULL;
CREATE INDEX news_of_lender ON news (lender, position);

-- One row, locked while places are given.
CREATE TABLE news_feed (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    last bigint NOT NULL
);
INSERT INTO news_feed (last) VALUES (0);

CREATE TABLE news_deliveries (
    endpoint_id  text NOT NULL REFERENCES news_endpoints,
    news_id      bigint NOT NULL REFERENCES news,
    loan_id      text NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts     integer NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL,  -- while somebody tries, when the next one may
    last_answer  text,                  -- a status, or what kept one from coming
    last_at      timestamptz,
    PRIMARY KEY (endpoint_id, news_id)
);
CREATE INDEX deliveries_due ON news_deliveries (endpoint_id, next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_of_loan ON news_deliveries (endpoint_id, loan_id, news_id)
    WHERE state = 'waiting';

CREATE FUNCTION in_utc(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

CREATE FUNCTION write_news(of_loan text, what text, at timestamptz, told json) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    INSERT INTO news_counts AS c VALUES (of_loan, 1)
    ON CONFLICT (loan_id) DO UPDATE SET sequence = c.sequence + 1
    RETURNING c.sequence INTO number;
    INSERT INTO news (loan_id, lender, sequence, type, body)
    SELECT of_loan, l.lender, number, what, json_build_object(
        'type', what, 'timestamp', in_utc(at), 'loan_id', of_loan, 'sequence', number,
        'data', json_strip_nulls(told))
    FROM loans l WHERE l.loan_id = of_loan;
END;
$$;

-- ---------------------------------------------------------------------------------------------
-- Whoever writes a fact, and however, its news are written with it: ids, times and amounts, and
-- no name, number, address or free text. Deferred to the commit, so that the count of a loan is
-- locked last, after everything else, and for a moment only.
-- ---------------------------------------------------------------------------------------------
CREATE FUNCTION tell_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text := CASE WHEN TG_OP = 'INSERT' THEN 'opened'
                      WHEN OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL THEN 'ended'
                      WHEN OLD.closed_at IS NOT NULL AND NEW.closed_at IS NULL THEN 'reopened'
                      ELSE 'stage_changed' END;
BEGIN
    PERFORM write_news(NEW.loan_id, 'case.' || what,
        CASE what WHEN 'opened' THEN NEW.opened_at WHEN 'ended' THEN NEW.closed_at
                  WHEN 'reopened' THEN coalesce(last_reversal(NEW.loan_id), NEW.opened_at)
                  ELSE coalesce(NEW.stage_entered_at, NEW.opened_at) END,
        json_build_object('case_id', NEW.case_id, 'overdue_since', NEW.overdue_since,
                          'stage', NEW.stage, 'outcome', NEW.outcome));
    RETURN NULL;
END;
$$;
CREATE FUNCTION last_reversal(of_loan text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT max(reversed_at) FROM payments WHERE loan_id = of_loan
$$;
CREATE CONSTRAINT TRIGGER news_of_new_case AFTER INSERT ON collection_cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_of_case();
CREATE CONSTRAINT TRIGGER news_of_case AFTER UPDATE ON collection_cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.stage IS DISTINCT FROM NEW.stage OR OLD.closed_at IS DISTINCT FROM NEW.closed_at)
    EXECUTE FUNCTION tell_of_case();

CREATE FUNCTION tell_of_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_news(NEW.loan_id, 'contact.made', coalesce(NEW.sent_at, NEW.reserved_at),
        json_build_object('case_id', NEW.case_id, 'attempt_id', NEW.attempt_id,
                          'channel', NEW.channel, 'template', NEW.template,
                          'purpose', NEW.purpose, 'status', NEW.status));
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER news_of_new_contact AFTER INSERT ON contact_attempts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status IN ('sent', 'unknown'))
    EXECUTE FUNCTION tell_of_contact();
CREATE CONSTRAINT TRIGGER news_of_contact AFTER UPDATE ON contact_attempts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status <> NEW.status AND NEW.status IN ('sent', 'unknown'))
    EXECUTE FUNCTION tell_of_contact();

CREATE FUNCTION tell_of_promise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_news(NEW.loan_id,
        'promise.' || CASE NEW.status WHEN 'open' THEN 'made' ELSE NEW.status END,
        coalesce(NEW.resolved_at, NEW.made_at),
        json_build_object('case_id', NEW.case_id, 'promise_id', NEW.promise_id,
                          'amount_minor', NEW.amount_minor, 'due_on', NEW.due_on));
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER news_of_new_promise AFTER INSERT ON promises
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_of_promise();
CREATE CONSTRAINT TRIGGER news_of_promise AFTER UPDATE ON promises
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status <> NEW.status)
    EXECUTE FUNCTION tell_of_promise();

CREATE FUNCTION tell_of_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_news(NEW.loan_id, 'visit.' || NEW.status,
        greatest(NEW.requested_at, NEW.approved_at, NEW.notice_sent_at, NEW.confirmed_at,
                 NEW.checked_in_at, NEW.reported_at, NEW.ended_at),
        json_build_object('case_id', NEW.case_id, 'visit_id', NEW.visit_id,
                          'applicant', NEW.applicant, 'slot_id', NEW.slot_id,
                          'starts_at', in_utc(lower(NEW.slot)), 'ends_at', in_utc(upper(NEW.slot)),
                          'approval_expires_at', in_utc(NEW.approval_expires_at)));
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER news_of_new_visit AFTER INSERT ON visits
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_of_visit();
CREATE CONSTRAINT TRIGGER news_of_visit AFTER UPDATE ON visits
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status <> NEW.status OR OLD.slot_id IS DISTINCT FROM NEW.slot_id)
    EXECUTE FUNCTION tell_of_visit();

CREATE FUNCTION tell_of_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_loan text := (SELECT loan_id FROM collection_cases WHERE case_id = NEW.case_id);
BEGIN
    PERFORM write_news(of_loan, 'plan.' || CASE TG_OP WHEN 'INSERT' THEN 'proposed'
                                           ELSE 'given_up' END,
        coalesce(NEW.given_up_at,
                 (SELECT e.received_at FROM case_events e
                  WHERE e.loan_id = of_loan AND e.event_id = NEW.event_id),
                 now()),
        json_build_object('case_id', NEW.case_id, 'plan_id', NEW.plan_id));
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER news_of_new_plan AFTER INSERT ON proposed_plans
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_of_plan();
CREATE CONSTRAINT TRIGGER news_of_plan AFTER UPDATE ON proposed_plans
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.given_up_at IS NULL AND NEW.given_up_at IS NOT NULL)
    EXECUTE FUNCTION tell_of_plan();

CREATE FUNCTION tell_of_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_news(NEW.loan_id, 'agreement.' || NEW.status,
        greatest(NEW.offered_at, NEW.signed_at, NEW.ended_at),
        json_build_object('case_id', NEW.case_id, 'agreement_id', NEW.agreement_id,
                          'plan_id', NEW.plan_id, 'visit_id', NEW.visit_id,
                          'document_sha256', NEW.document_sha256,
                          'total_minor', NEW.total_minor, 'waiver_minor', NEW.waiver_minor,
                          'supersedes', NEW.supersedes, 'expires_at', in_utc(NEW.expires_at)));
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER news_of_new_agreement AFTER INSERT ON agreements
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_of_agreement();
CREATE CONSTRAINT TRIGGER news_of_agreement AFTER UPDATE ON agreements
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status <> NEW.status)
    EXECUTE FUNCTION tell_of_agreement();

-- A reason may be somebody's own words: whoever is told reads it where the notice stands.
CREATE FUNCTION tell_of_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_news(c.loan_id, 'notice.' || NEW.kind, NEW.created_at,
        json_build_object('case_id', NEW.case_id, 'notice_id', NEW.notice_id,
                          'audience', NEW.audience, 'notice', NEW.body - 'loan_id' - 'reason'))
    FROM collection_cases c WHERE c.case_id = NEW.case_id;
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER news_of_notice AFTER INSERT ON staff_notices
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_of_notice();

-- migrate: rollback
DROP TRIGGER news_of_notice ON staff_notices;
DROP TRIGGER news_of_agreement ON agreements;
DROP TRIGGER news_of_new_agreement ON agreements;
DROP TRIGGER news_of_plan ON proposed_plans;
DROP TRIGGER news_of_new_plan ON proposed_plans;
DROP TRIGGER news_of_visit ON visits;
DROP TRIGGER news_of_new_visit ON visits;
DROP TRIGGER news_of_promise ON promises;
DROP TRIGGER news_of_new_promise ON promises;
DROP TRIGGER news_of_contact ON contact_attempts;
DROP TRIGGER news_of_new_contact ON contact_attempts;
DROP TRIGGER news_of_case ON collection_cases;
DROP TRIGGER news_of_new_case ON collection_cases;
DROP FUNCTION tell_of_notice, tell_of_agreement, tell_of_plan, tell_of_visit, tell_of_promise,
    tell_of_contact, tell_of_case, last_reversal, write_news, in_utc;
DROP TABLE news_deliveries, news_feed, news, news_counts, news_endpoints;
