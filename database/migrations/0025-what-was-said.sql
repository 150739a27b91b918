-- What was said, and at which number; and how what is past its period is erased
-- depends: 0024-evidence

-- migrate: apply
ALTER TABLE contact_attempts
    ADD COLUMN sent_to          text,  -- the number, as it was then
    -- `text`; of a call that asks who answers, what follows a yes and a no beside it.
    ADD COLUMN said             jsonb,
    -- Which words the text was made of: `template_version` in domain/messages/versions.py.
    ADD COLUMN template_version text;

-- What was erased of whom, and when.
CREATE TABLE erasures (
    borrower_id text NOT NULL REFERENCES borrowers,
    kind        text NOT NULL CHECK (kind IN ('contact', 'agreement', 'person')),
    erased_at   timestamptz NOT NULL,
    PRIMARY KEY (borrower_id, kind, erased_at)
);
ALTER TABLE agreements
    ALTER COLUMN document_html DROP NOT NULL, ALTER COLUMN document_pdf DROP NOT NULL;

-- An event may lose what is personal of it, and nothing else may change.
CREATE FUNCTION refuse_other_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    emptied case_events := OLD;
BEGIN
    emptied.body := kept_part('case_events', to_jsonb(OLD)) -> 'body';
    IF NEW IS DISTINCT FROM emptied THEN
        RAISE EXCEPTION 'case_events is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END;
$$;
DROP TRIGGER case_events_append_only ON case_events;
CREATE TRIGGER case_events_append_only BEFORE DELETE OR TRUNCATE ON case_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_events_only_lose_words BEFORE UPDATE ON case_events
    FOR EACH ROW EXECUTE FUNCTION refuse_other_words();

-- A row that lost its personal part, and nothing else, gets no link: its last one still holds, and
-- forgets the salt.
CREATE OR REPLACE FUNCTION link_row() RETURNS trigger LANGUAGE plpgsql
SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
    fact jsonb := jsonb_strip_nulls(to_jsonb(NEW));
    before jsonb := jsonb_strip_nulls(to_jsonb(OLD));
BEGIN
    IF before IS NOT NULL AND personal_part(TG_TABLE_NAME, fact) = '{}'
        AND personal_part(TG_TABLE_NAME, before) <> '{}'
        AND kept_part(TG_TABLE_NAME, fact) = kept_part(TG_TABLE_NAME, before)
    THEN
        UPDATE evidence e SET salt = NULL
        WHERE e.loan_id = fact ->> 'loan_id' AND e.kind = TG_TABLE_NAME
          AND e.row_id = fact ->> TG_ARGV[0];
    ELSE
        PERFORM link_fact(TG_TABLE_NAME, fact ->> TG_ARGV[0], fact);
    END IF;
    RETURN NULL;
END;
$$;

-- What may be erased of whom: so many years after the last case of a borrower was closed, by the
-- longest period of the policies of their cases; where one names none, nothing. `held_by` says what
-- stops it.
CREATE FUNCTION past_retention(moment timestamptz)
RETURNS TABLE (borrower_id text, kind text, ended_at timestamptz, years integer, held_by text)
LANGUAGE sql STABLE AS $$
    SELECT ended.borrower_id, period.kind, ended.at, period.years, ended.held_by
    FROM (SELECT l.borrower_id, max(c.closed_at) AS at, CASE
                     WHEN bool_or(c.closed_at IS NULL) THEN 'a case is open'
                     WHEN bool_or(l.status = 'in_legal') THEN 'a loan is with the legal desk'
                     WHEN bool_or(l.status = 'active' AND l.outstanding_minor > 0)
                         THEN 'a loan is still repaid'
                     WHEN EXISTS (SELECT FROM holds h
                                  WHERE h.borrower_id = l.borrower_id AND h.released_at IS NULL
                                    AND coalesce(h.until > moment, true)) THEN 'a hold is in force'
                 END AS held_by
          FROM loans l LEFT JOIN collection_cases c USING (loan_id)
          GROUP BY l.borrower_id) AS ended
    CROSS JOIN LATERAL (
        SELECT k.kind, CASE WHEN bool_and(y.years IS NOT NULL) THEN max(y.years) END AS years
        FROM (VALUES ('contact'), ('agreement'), ('person')) AS k (kind)
        CROSS JOIN loans l JOIN collection_cases c USING (loan_id)
        JOIN policies p ON p.version = c.policy_version
        CROSS JOIN LATERAL (SELECT (p.body #>> ARRAY[
            'aftercare', k.kind || '_retention_years', 'value'])::integer AS years) AS y
        WHERE l.borrower_id = ended.borrower_id
        GROUP BY k.kind) AS period
    WHERE ended.at + make_interval(years => period.years) < moment
      AND NOT EXISTS (SELECT FROM erasures x
                      WHERE x.borrower_id = ended.borrower_id AND x.kind = period.kind
                        AND x.erased_at >= ended.at)
$$;

-- Words and numbers go; ids, amounts, times, rules and hashes stay.
CREATE FUNCTION erase_contact(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    theirs text[] := ARRAY(SELECT loan_id FROM loans WHERE borrower_id = of_borrower);
    cases text[] := ARRAY(SELECT case_id FROM collection_cases WHERE loan_id = ANY (theirs));
BEGIN
    UPDATE contact_attempts SET sent_to = NULL, said = NULL
    WHERE borrower_id = of_borrower AND said IS NOT NULL;
    UPDATE case_events e SET body = kept_part('case_events', to_jsonb(e)) -> 'body'
    WHERE loan_id = ANY (theirs)
      AND personal_part('case_events', jsonb_strip_nulls(to_jsonb(e))) <> '{}';
    UPDATE visits SET dossier = NULL, ended_reason = NULL, identity_method = NULL,
                      willingness = NULL
    WHERE loan_id = ANY (theirs)
      AND num_nonnulls(dossier, ended_reason, identity_method, willingness) > 0;
    UPDATE simulated_outbox SET number = '', text = '', after_yes = NULL, after_no = NULL
    WHERE reference IN (SELECT attempt_id FROM contact_attempts WHERE borrower_id = of_borrower);
    UPDATE replies SET text = '' WHERE phone_id IN (
        SELECT phone_id FROM phones WHERE borrower_id = of_borrower);
    UPDATE inbox SET body = '{}', answer = coalesce(answer, '{}') WHERE loan_id = ANY (theirs);
    UPDATE complaints SET about = '', remedy = CASE WHEN remedy IS NOT NULL THEN '' END
    WHERE loan_id = ANY (theirs);
    UPDATE complaint_extensions SET reason = '' WHERE loan_id = ANY (theirs);
    UPDATE crew_bars SET reason = '' WHERE borrower_id = of_borrower;
    UPDATE visit_approvals SET ended_because = 'erased'
    WHERE ended_because IS NOT NULL
      AND visit_id IN (SELECT visit_id FROM visits WHERE loan_id = ANY (theirs));
    UPDATE staff_notices SET body = '{}' WHERE case_id = ANY (cases);
END;
$$;
CREATE FUNCTION erase_agreement(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE agreements SET document_html = NULL, document_pdf = NULL
    WHERE loan_id IN (SELECT loan_id FROM loans WHERE borrower_id = of_borrower);
    UPDATE legal_packages SET content = ''
    WHERE case_id IN (SELECT case_id FROM collection_cases JOIN loans USING (loan_id)
                      WHERE borrower_id = of_borrower);
END;
$$;
-- Entries of one number go on being one.
CREATE FUNCTION erase_person(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE phones p SET number = concat('erased ', first.phone_id), written = NULL
    FROM (SELECT number, min(phone_id) AS phone_id FROM phones
          WHERE borrower_id = of_borrower GROUP BY number) AS first
    WHERE p.borrower_id = of_borrower AND first.number = p.number;
    UPDATE addresses SET line = '', region = '' WHERE borrower_id = of_borrower;
    UPDATE loans SET purpose = NULL WHERE borrower_id = of_borrower;
    UPDATE borrowers SET full_name = 'erased' WHERE borrower_id = of_borrower;
END;
$$;

-- migrate: rollback
DROP FUNCTION past_retention, erase_contact, erase_agreement, erase_person;
DROP TRIGGER case_events_only_lose_words ON case_events;
DROP FUNCTION refuse_other_words;
DROP TABLE erasures;
ALTER TABLE contact_attempts DROP COLUMN sent_to, DROP COLUMN said, DROP COLUMN template_version;
