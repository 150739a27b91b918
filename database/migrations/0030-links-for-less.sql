-- What a row was before is looked at only where something personal has gone: most links need it not
-- depends: 0029-news-at-once

-- migrate: apply
CREATE OR REPLACE FUNCTION link_row() RETURNS trigger LANGUAGE plpgsql
SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
    fact jsonb := jsonb_strip_nulls(to_jsonb(NEW));
    before jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND personal_part(TG_TABLE_NAME, fact) = '{}' THEN
        before := jsonb_strip_nulls(to_jsonb(OLD));
        -- A row that lost its personal part, and nothing else, gets no link: its last one still
        -- holds, and forgets the salt.
        IF personal_part(TG_TABLE_NAME, before) <> '{}'
            AND kept_part(TG_TABLE_NAME, fact) = kept_part(TG_TABLE_NAME, before)
        THEN
            UPDATE evidence e SET salt = NULL
            WHERE e.loan_id = coalesce(fact ->> 'loan_id', (
                    SELECT c.loan_id FROM collection_cases c WHERE c.case_id = fact ->> 'case_id'))
              AND e.kind = TG_TABLE_NAME AND e.row_id = fact ->> TG_ARGV[0];
            RETURN NULL;
        END IF;
    END IF;
    PERFORM link_fact(TG_TABLE_NAME, fact ->> TG_ARGV[0], fact);
    RETURN NULL;
END;
$$;

-- migrate: rollback
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
