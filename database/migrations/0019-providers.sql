-- What providers say: what was certainly not taken, what they refuse, and delivery receipts
-- depends: 0018-proved

-- migrate: apply
ALTER TABLE contact_attempts
    -- The provider said so of the latest try, and nothing has to be asked before the next one.
    ADD COLUMN not_taken_at  timestamptz,
    ADD COLUMN delivery      text CHECK (delivery IN
        ('accepted', 'underway', 'undelivered', 'delivered')),
    ADD COLUMN delivery_at   timestamptz,
    ADD COLUMN delivery_code text,
    ADD COLUMN pressed       text;
CREATE INDEX attempts_by_provider_ref ON contact_attempts (provider_ref)
    WHERE provider_ref IS NOT NULL;

-- A provider that takes nothing, because of our account, or not this template: contacts wait.
CREATE TABLE gateway_closures (
    closure_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel    text NOT NULL CHECK (channel IN ('sms', 'call')),
    template   text,  -- NULL: all of them
    refusal    text NOT NULL CHECK (refusal IN ('account', 'content')),
    code       text NOT NULL,  -- the provider's own word
    closed_at  timestamptz NOT NULL,
    probe_at   timestamptz,    -- then one contact tries; NULL: a person opens it
    opened_at  timestamptz
);
CREATE UNIQUE INDEX one_closure ON gateway_closures (channel, coalesce(template, ''))
    WHERE opened_at IS NULL;

-- Receipts as they came, also of messages of which nothing is known (yet).
CREATE TABLE delivery_receipts (
    receipt_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider     text NOT NULL,
    reference    text NOT NULL,  -- ours, or empty
    provider_ref text NOT NULL,  -- theirs, or empty
    delivery     text NOT NULL CHECK (delivery IN
        ('accepted', 'underway', 'undelivered', 'delivered')),
    at           timestamptz NOT NULL,
    code         text NOT NULL,
    refusal      text CHECK (refusal IN
        ('number_today', 'number_for_good', 'said_no', 'content', 'account', 'other')),
    call_outcome text CHECK (call_outcome IN ('connected', 'no_answer', 'busy', 'invalid_number')),
    duration_s   integer,
    pressed      text NOT NULL,
    received_at  timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT
        (provider, reference, provider_ref, delivery, at, code, call_outcome, pressed)
);
CREATE INDEX receipts_by_provider_ref ON delivery_receipts (provider_ref);

CREATE FUNCTION delivery_rank(delivery text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(
        array_position(ARRAY['accepted', 'underway', 'undelivered', 'delivered'], delivery), 0)
$$;

-- The provider has taken what it sends receipts of, whatever we were told before. When it took it
-- is not known better than by the reservation. The state of delivery never goes back.
CREATE FUNCTION apply_receipt(receipt delivery_receipts) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    tried contact_attempts;
    known_outcomes CONSTANT text[] := ARRAY['connected', 'no_answer', 'busy', 'invalid_number',
                                            'refused', 'wrong_person'];
BEGIN
    IF receipt.reference <> '' THEN
        SELECT * INTO tried FROM contact_attempts
        WHERE attempt_id = receipt.reference FOR UPDATE;
    ELSE
        SELECT * INTO tried FROM contact_attempts
        WHERE provider_ref = receipt.provider_ref LIMIT 1 FOR UPDATE;
    END IF;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE contact_attempts a
    SET status = 'sent',
        sent_at = coalesce(a.sent_at, a.reserved_at),
        provider_ref = coalesce(a.provider_ref, nullif(receipt.provider_ref, '')),
        not_taken_at = NULL,
        outcome = coalesce(CASE WHEN a.outcome = ANY (known_outcomes) THEN a.outcome END,
                           CASE WHEN a.channel = 'call' THEN receipt.call_outcome END),
        duration_s = coalesce(a.duration_s, receipt.duration_s),
        pressed = coalesce(nullif(receipt.pressed, ''), a.pressed)
    WHERE a.attempt_id = tried.attempt_id;
    UPDATE contact_attempts a
    SET outcome_at = CASE WHEN a.outcome IS NOT NULL THEN coalesce(tried.outcome_at, receipt.at) END
    WHERE a.attempt_id = tried.attempt_id;
    UPDATE contact_attempts a
    SET delivery = receipt.delivery, delivery_at = receipt.at, delivery_code = receipt.code
    WHERE a.attempt_id = tried.attempt_id
      AND delivery_rank(receipt.delivery) > delivery_rank(a.delivery);
    IF receipt.refusal IN ('number_for_good', 'said_no') THEN
        PERFORM leave_number(tried.phone_id,
            CASE receipt.refusal WHEN 'said_no' THEN 'refused' ELSE 'invalid' END,
            receipt.received_at);
    END IF;
END;
$$;

-- As `mark_phone`: under whatever entry the number is, and what is said later can only weigh more.
CREATE FUNCTION leave_number(of_phone text, its_status text, at timestamptz) RETURNS void
LANGUAGE sql AS $$
    UPDATE phones p SET status = its_status, status_at = at
    FROM phones named
    WHERE named.phone_id = of_phone AND p.borrower_id = named.borrower_id
      AND p.number = named.number
      AND (its_status <> 'refused' OR named.relation = 'self' OR p.relation = 'contact_person')
      AND CASE p.status WHEN 'usable' THEN true WHEN 'invalid' THEN its_status <> 'invalid'
                        WHEN 'wrong_person' THEN its_status = 'refused' ELSE false END
$$;

-- A receipt that names only the provider's reference may come before we have written that down:
-- whoever comes second has to see the first, so they take turns.
CREATE FUNCTION note_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reference = '' THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(NEW.provider_ref, 28));
    END IF;
    PERFORM apply_receipt(NEW);
    RETURN NULL;
END;
$$;
CREATE TRIGGER receipt_noted AFTER INSERT ON delivery_receipts
    FOR EACH ROW EXECUTE FUNCTION note_receipt();

CREATE FUNCTION note_provider_ref() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.provider_ref, 28));
    PERFORM apply_receipt(r) FROM delivery_receipts r
    WHERE r.provider_ref = NEW.provider_ref AND r.reference = '' ORDER BY r.receipt_id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER provider_ref_noted AFTER UPDATE OF provider_ref ON contact_attempts FOR EACH ROW
    WHEN (OLD.provider_ref IS NULL AND NEW.provider_ref IS NOT NULL)
    EXECUTE FUNCTION note_provider_ref();

-- migrate: rollback
DROP TRIGGER provider_ref_noted ON contact_attempts;
DROP TABLE delivery_receipts CASCADE;
DROP FUNCTION note_provider_ref;
DROP FUNCTION note_receipt;
DROP FUNCTION leave_number;
DROP FUNCTION delivery_rank;
DROP TABLE gateway_closures;
DROP INDEX attempts_by_provider_ref;
ALTER TABLE contact_attempts
    DROP COLUMN not_taken_at, DROP COLUMN delivery, DROP COLUMN delivery_at,
    DROP COLUMN delivery_code, DROP COLUMN pressed;
