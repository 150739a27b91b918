-- What is erased: reasons, news, and what a package's manifest says, too; and by which rule it was
-- depends: 0026-texts-of-policies

-- migrate: apply
ALTER TABLE erasures ADD COLUMN rule_id text;  -- NULL: erased before it was kept

-- A reason may quote whoever sent what was refused. The id of the rule it begins with stays.
CREATE FUNCTION kept_reason(fact jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN fact ->> 'reason' IS NULL THEN '{}' ELSE jsonb_build_object('reason',
        coalesce(substring(fact ->> 'reason' FROM '^[A-Z]{2,4}-[A-Z0-9-]+'), 'erased')) END;
END;
$$;
CREATE FUNCTION lost_reason(fact jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN nullif(fact -> 'reason', kept_reason(fact) -> 'reason');
END;
$$;

CREATE OR REPLACE FUNCTION personal_part(kind text, fact jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN jsonb_strip_nulls(CASE
        WHEN kind = 'contact_attempts' THEN
            jsonb_build_object('sent_to', fact -> 'sent_to', 'said', fact -> 'said')
        WHEN kind = 'visits' THEN jsonb_build_object(
            'dossier', fact -> 'dossier', 'ended_reason', fact -> 'ended_reason',
            'identity_method', fact -> 'identity_method', 'willingness', fact -> 'willingness')
        WHEN kind = 'contact_refusals' THEN jsonb_build_object('reason', lost_reason(fact))
        WHEN kind <> 'case_events' THEN '{}'
        WHEN jsonb_typeof(fact -> 'body') <> 'object' OR NOT (fact ->> 'accepted')::boolean
            THEN jsonb_build_object(
                'body', nullif(fact -> 'body', '{}'), 'against', lost_reason(fact))
        ELSE jsonb_build_object(
            'about', fact #> '{body,about}',
            -- Of a confirmation it is one of a few words, which a rule reads.
            'by', CASE WHEN fact ->> 'name' <> 'phone_confirmed' THEN fact #> '{body,by}' END,
            'comment', fact #> '{body,comment}',
            'identity_method', fact #> '{body,identity_method}',
            'note', fact #> '{body,note}', 'reason', fact #> '{body,reason}',
            'remedy', fact #> '{body,remedy}', 'text', fact #> '{body,text}',
            'willingness', fact #> '{body,willingness}', 'against', lost_reason(fact)) END);
END;
$$;
CREATE OR REPLACE FUNCTION kept_part(kind text, fact jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE
        WHEN kind = 'contact_attempts' THEN fact - '{sent_to,said}'::text[]
        WHEN kind = 'visits'
            THEN fact - '{dossier,ended_reason,identity_method,willingness}'::text[]
        WHEN kind = 'agreements' THEN fact - '{document_html,document_pdf}'::text[]
        WHEN kind = 'contact_refusals' THEN fact || kept_reason(fact)
        WHEN kind <> 'case_events' THEN fact
        WHEN jsonb_typeof(fact -> 'body') <> 'object' OR NOT (fact ->> 'accepted')::boolean
            THEN fact || '{"body": {}}' || kept_reason(fact)
        ELSE kept_reason(fact) || jsonb_set(fact - 'reason', '{body}', (fact -> 'body') -
            '{about,comment,identity_method,note,reason,remedy,text,willingness}'::text[]
            - CASE WHEN fact ->> 'name' = 'phone_confirmed' THEN '' ELSE 'by' END) END;
END;
$$;
CREATE OR REPLACE FUNCTION refuse_other_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    emptied case_events := OLD;
    kept jsonb := kept_part('case_events', to_jsonb(OLD));
BEGIN
    emptied.body := kept -> 'body';
    emptied.reason := kept ->> 'reason';
    IF NEW IS DISTINCT FROM emptied THEN
        RAISE EXCEPTION 'case_events is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END;
$$;
-- A refusal names its case alone.
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
        WHERE e.loan_id = coalesce(fact ->> 'loan_id', (
                SELECT c.loan_id FROM collection_cases c WHERE c.case_id = fact ->> 'case_id'))
          AND e.kind = TG_TABLE_NAME AND e.row_id = fact ->> TG_ARGV[0];
    ELSE
        PERFORM link_fact(TG_TABLE_NAME, fact ->> TG_ARGV[0], fact);
    END IF;
    RETURN NULL;
END;
$$;

-- What is personal is drawn otherwise: rows that have a reason are linked again.
SELECT link_fact(kind, row_id, fact) FROM (
    SELECT * FROM evidence_rows()
    WHERE kind IN ('case_events', 'contact_refusals') AND fact ? 'reason'
    ORDER BY coalesce(fact ->> 'received_at', fact ->> 'at'), kind, row_id) AS told;

DROP FUNCTION past_retention;
CREATE FUNCTION past_retention(moment timestamptz)
RETURNS TABLE (borrower_id text, kind text, ended_at timestamptz, years integer, held_by text,
               rule_id text)
LANGUAGE sql STABLE AS $$
    SELECT ended.borrower_id, period.kind, ended.at, period.years, ended.held_by,
           period.rule_id
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
        SELECT k.kind, CASE WHEN bool_and(y.years IS NOT NULL) THEN max(y.years) END AS years,
               (array_agg(y.rule_id ORDER BY y.years DESC, y.rule_id))[1] AS rule_id
        FROM (VALUES ('contact'), ('agreement'), ('person')) AS k (kind)
        CROSS JOIN loans l JOIN collection_cases c USING (loan_id)
        JOIN policies p ON p.version = c.policy_version
        CROSS JOIN LATERAL (
            SELECT (r.rule ->> 'value')::integer AS years, r.rule ->> 'id' AS rule_id
            FROM (SELECT p.body -> 'aftercare' -> (k.kind || '_retention_years')) AS r (rule)) AS y
        WHERE l.borrower_id = ended.borrower_id
        GROUP BY k.kind) AS period
    WHERE ended.at + make_interval(years => period.years) < moment
      AND NOT EXISTS (SELECT FROM erasures x
                      WHERE x.borrower_id = ended.borrower_id AND x.kind = period.kind
                        AND x.erased_at >= ended.at)
$$;

CREATE OR REPLACE FUNCTION erase_contact(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    theirs text[] := ARRAY(SELECT loan_id FROM loans WHERE borrower_id = of_borrower);
    cases text[] := ARRAY(SELECT case_id FROM collection_cases WHERE loan_id = ANY (theirs));
BEGIN
    UPDATE contact_attempts SET sent_to = NULL, said = NULL
    WHERE borrower_id = of_borrower AND said IS NOT NULL;
    UPDATE case_events e SET (body, reason) = (
        SELECT kept.row -> 'body', kept.row ->> 'reason'
        FROM (SELECT kept_part('case_events', to_jsonb(e))) AS kept (row))
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
    UPDATE contact_refusals r SET reason = kept_reason(to_jsonb(r)) ->> 'reason'
    WHERE case_id = ANY (cases) AND lost_reason(to_jsonb(r)) IS NOT NULL;
    UPDATE holds SET reason = 'other' WHERE borrower_id = of_borrower AND reason <> 'other';
    UPDATE inbox
    SET body = '{}', answer = coalesce(answer, '{}') || coalesce(kept_reason(answer), '{}')
    WHERE loan_id = ANY (theirs);
    UPDATE news_deliveries SET state = 'dead' WHERE loan_id = ANY (theirs) AND state = 'waiting';
    UPDATE news SET body = '' WHERE loan_id = ANY (theirs);
    UPDATE visitor_checks SET badge_id = ''
    WHERE visit_id IN (SELECT visit_id FROM visits WHERE loan_id = ANY (theirs));
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
CREATE OR REPLACE FUNCTION erase_agreement(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE agreements SET document_html = NULL, document_pdf = NULL
    WHERE loan_id IN (SELECT loan_id FROM loans WHERE borrower_id = of_borrower)
      AND num_nonnulls(document_html, document_pdf) > 0;
    UPDATE legal_packages SET content = '', manifest = '{}'
    WHERE case_id IN (SELECT case_id FROM collection_cases JOIN loans USING (loan_id)
                      WHERE borrower_id = of_borrower);
END;
$$;
CREATE OR REPLACE FUNCTION erase_person(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE phones p SET number = concat('erased ', first.phone_id), written = NULL
    FROM (SELECT number, min(phone_id) AS phone_id FROM phones
          WHERE borrower_id = of_borrower GROUP BY number) AS first
    WHERE p.borrower_id = of_borrower AND first.number = p.number;
    UPDATE addresses SET line = '', region = '' WHERE borrower_id = of_borrower;
    UPDATE loans SET purpose = NULL, annual_income_minor = NULL
    WHERE borrower_id = of_borrower;
    UPDATE borrowers SET full_name = 'erased' WHERE borrower_id = of_borrower;
END;
$$;

-- migrate: rollback
CREATE OR REPLACE FUNCTION erase_contact(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE FUNCTION erase_agreement(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE agreements SET document_html = NULL, document_pdf = NULL
    WHERE loan_id IN (SELECT loan_id FROM loans WHERE borrower_id = of_borrower);
    UPDATE legal_packages SET content = ''
    WHERE case_id IN (SELECT case_id FROM collection_cases JOIN loans USING (loan_id)
                      WHERE borrower_id = of_borrower);
END;
$$;
CREATE OR REPLACE FUNCTION erase_person(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
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
DROP FUNCTION past_retention;
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
CREATE OR REPLACE FUNCTION refuse_other_words() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE FUNCTION personal_part(kind text, fact jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
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
CREATE OR REPLACE FUNCTION kept_part(kind text, fact jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
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
SELECT link_fact(kind, row_id, fact) FROM (
    SELECT * FROM evidence_rows()
    WHERE kind IN ('case_events', 'contact_refusals') AND fact ? 'reason'
    ORDER BY coalesce(fact ->> 'received_at', fact ->> 'at'), kind, row_id) AS told;
DROP FUNCTION lost_reason, kept_reason;
ALTER TABLE erasures DROP COLUMN rule_id;
