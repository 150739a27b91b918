-- What is on record is chained: a row that is altered, removed or inserted afterwards is seen
-- depends: 0023-nobody-without-a-word

-- migrate: apply

-- One link for each version of a row that is evidence, loan by loan. Each link's `chain` is made of
-- the one before it, so that none can be taken out, put in between, or changed.
CREATE TABLE evidence (
    loan_id  text NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    kind     text NOT NULL,  -- the table
    row_id   text NOT NULL,
    -- Of the row's personal part, where it has any; without the salt nobody finds by trying what it
    -- was. The salt goes when the part is erased, and what was hashed with it stays.
    salt     uuid,
    personal text CHECK (personal ~ '^[0-9a-f]{64}$'),
    digest   text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),  -- of the row
    chain    text NOT NULL CHECK (chain ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (loan_id, sequence),
    CHECK (salt IS NULL OR personal IS NOT NULL)
);

-- Where each loan's chain ends: a link taken off its end is seen, too.
CREATE TABLE last_links (
    loan_id  text PRIMARY KEY,
    sequence bigint NOT NULL,
    chain    text NOT NULL
) WITH (fillfactor = 70);

CREATE FUNCTION sha256_of(words text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN encode(sha256(convert_to(words, 'UTF8')), 'hex');
END;
$$;

-- What erasure takes out of a row: of an event that was accepted, what people wrote in their own
-- words; of one that was refused, all of it, for it may say anything.
--
-- These are PL/pgSQL, though they only reckon: a function in SQL that is more than an expression is
-- planned anew at each call, which costs more than all the rest of a link.
CREATE FUNCTION personal_part(kind text, fact jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN jsonb_strip_nulls(CASE
        WHEN kind = 'contact_attempts' THEN
            jsonb_build_object('sent_to', fact -> 'sent_to', 'said', fact -> 'said')
        WHEN kind = 'visits' THEN jsonb_build_object(
            'dossier', fact -> 'dossier', 'ended_reason', fact -> 'ended_reason',
            'identity_method', fact -> 'identity_method', 'willingness', fact -> 'willingness')
        WHEN kind <> 'case_events' THEN '{}'
        WHEN jsonb_typeof(fact -> 'body') <> 'object' THEN jsonb_build_object('body', fact -> 'body')
        WHEN NOT (fact ->> 'accepted')::boolean THEN fact -> 'body'
        ELSE jsonb_build_object(
            'about', fact #> '{body,about}',
            -- Of a confirmation it is one of a few words, which a rule reads.
            'by', CASE WHEN fact ->> 'name' <> 'phone_confirmed' THEN fact #> '{body,by}' END,
            'comment', fact #> '{body,comment}',
            'identity_method', fact #> '{body,identity_method}',
            'note', fact #> '{body,note}', 'reason', fact #> '{body,reason}',
            'remedy', fact #> '{body,remedy}', 'text', fact #> '{body,text}',
            'willingness', fact #> '{body,willingness}') END);
END;
$$;

-- The rest, that stays. Of an agreement's documents their hashes do, which the table holds to them.
CREATE FUNCTION kept_part(kind text, fact jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE
        WHEN kind = 'contact_attempts' THEN fact - '{sent_to,said}'::text[]
        WHEN kind = 'visits'
            THEN fact - '{dossier,ended_reason,identity_method,willingness}'::text[]
        WHEN kind = 'agreements' THEN fact - '{document_html,document_pdf}'::text[]
        WHEN kind <> 'case_events' THEN fact
        WHEN jsonb_typeof(fact -> 'body') <> 'object' OR NOT (fact ->> 'accepted')::boolean
            THEN jsonb_set(fact, '{body}', '{}')
        ELSE jsonb_set(fact, '{body}', (fact -> 'body') -
            '{about,comment,identity_method,note,reason,remedy,text,willingness}'::text[]
            - CASE WHEN fact ->> 'name' = 'phone_confirmed' THEN '' ELSE 'by' END) END;
END;
$$;

-- A column that is added later and is NULL changes no digest. One with a default does: then, and
-- where what is personal is drawn otherwise, the migration links the rows again (`link_fact`).
CREATE FUNCTION digest_of(kept jsonb, personal text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN sha256_of(concat(kept, personal));
END;
$$;
CREATE FUNCTION chain_of(chain_before text, kind text, row_id text, digest text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN sha256_of(concat_ws(' ', chain_before, kind, row_id, digest));
END;
$$;

-- The row of a loan's last link is also the lock: one at a time. Links are added as a transaction
-- ends, so that nobody who has it waits for another lock.
CREATE FUNCTION link_fact(kind text, row_id text, fact jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    its_loan text := fact ->> 'loan_id';
    its_personal jsonb := personal_part(kind, fact);
    its_salt uuid;
    its_sha256 text;
    its_digest text;
    head last_links;
BEGIN
    IF its_loan IS NULL THEN
        its_loan := (SELECT c.loan_id FROM collection_cases c WHERE c.case_id = fact ->> 'case_id');
    END IF;
    IF its_personal <> '{}' THEN
        its_salt := gen_random_uuid();
        its_sha256 := sha256_of(concat(its_salt, its_personal));
    END IF;
    its_digest := digest_of(kept_part(kind, fact), its_sha256);
    INSERT INTO last_links AS last (loan_id, sequence, chain)
    VALUES (its_loan, 1, chain_of(NULL, kind, row_id, its_digest))
    ON CONFLICT ON CONSTRAINT last_links_pkey DO UPDATE
    SET sequence = last.sequence + 1, chain = chain_of(last.chain, kind, row_id, its_digest)
    RETURNING * INTO head;
    INSERT INTO evidence (loan_id, sequence, kind, row_id, salt, personal, digest, chain)
    VALUES (its_loan, head.sequence, kind, row_id, its_salt, its_sha256, its_digest, head.chain);
END;
$$;

-- The words of a row are the same whatever a session's settings are.
CREATE FUNCTION link_row() RETURNS trigger LANGUAGE plpgsql
SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
    fact jsonb := jsonb_strip_nulls(to_jsonb(NEW));
BEGIN
    PERFORM link_fact(TG_TABLE_NAME, fact ->> TG_ARGV[0], fact);
    RETURN NULL;
END;
$$;

-- Every row that is evidence, as it is now.
CREATE FUNCTION evidence_rows(of_loan text DEFAULT NULL)
RETURNS TABLE (kind text, row_id text, fact jsonb) LANGUAGE sql STABLE
SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
    SELECT 'case_events', sequence::text, jsonb_strip_nulls(to_jsonb(e)) FROM case_events e
    WHERE of_loan IS NULL OR e.loan_id = of_loan
    UNION ALL
    SELECT 'contact_attempts', attempt_id, jsonb_strip_nulls(to_jsonb(a)) FROM contact_attempts a
    WHERE of_loan IS NULL OR a.loan_id = of_loan
    UNION ALL
    SELECT 'contact_refusals', refusal_id::text, jsonb_strip_nulls(to_jsonb(r))
    FROM contact_refusals r
    WHERE of_loan IS NULL OR r.case_id IN (
        SELECT c.case_id FROM collection_cases c WHERE c.loan_id = of_loan)
    UNION ALL
    SELECT 'visits', visit_id, jsonb_strip_nulls(to_jsonb(v)) FROM visits v
    WHERE of_loan IS NULL OR v.loan_id = of_loan
    UNION ALL
    SELECT 'agreements', agreement_id, jsonb_strip_nulls(to_jsonb(g)) FROM agreements g
    WHERE of_loan IS NULL OR g.loan_id = of_loan
$$;

-- What is there already, in the order in which it came to be.
SELECT link_fact(kind, row_id, fact) FROM (
    SELECT * FROM evidence_rows() ORDER BY coalesce(
        fact ->> 'received_at', fact ->> 'reserved_at', fact ->> 'at', fact ->> 'requested_at',
        fact ->> 'offered_at'), kind, row_id) AS told;

CREATE CONSTRAINT TRIGGER case_events_linked AFTER INSERT OR UPDATE ON case_events
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_row('sequence');
CREATE CONSTRAINT TRIGGER attempts_linked AFTER INSERT OR UPDATE ON contact_attempts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_row('attempt_id');
CREATE CONSTRAINT TRIGGER refusals_linked AFTER INSERT OR UPDATE ON contact_refusals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_row('refusal_id');
CREATE CONSTRAINT TRIGGER visits_linked AFTER INSERT OR UPDATE ON visits
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_row('visit_id');
CREATE CONSTRAINT TRIGGER agreements_linked AFTER INSERT OR UPDATE ON agreements
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_row('agreement_id');

CREATE FUNCTION refuse_other_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.salt := OLD.salt;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'evidence is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.salt := NULL;
    RETURN NEW;
END;
$$;
CREATE TRIGGER evidence_only_loses_salt BEFORE UPDATE ON evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_other_link();
CREATE TRIGGER evidence_append_only BEFORE DELETE OR TRUNCATE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- migrate: rollback
DROP TRIGGER agreements_linked ON agreements;
DROP TRIGGER visits_linked ON visits;
DROP TRIGGER refusals_linked ON contact_refusals;
DROP TRIGGER attempts_linked ON contact_attempts;
DROP TRIGGER case_events_linked ON case_events;
DROP TABLE evidence, last_links;
DROP FUNCTION evidence_rows, link_row, link_fact, refuse_other_link, kept_part, personal_part;
DROP FUNCTION digest_of, chain_of, sha256_of;
