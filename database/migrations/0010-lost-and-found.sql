-- What lacks a case or a run is found by an index
-- depends: 0009-order

-- migrate: apply

-- ---------------------------------------------------------------------------------------------
-- The scan looks only at what lacks a case or a run: of a book of a million loans with open cases,
-- a pass every few minutes must not read a million rows again.
-- ---------------------------------------------------------------------------------------------
ALTER TABLE loans ADD COLUMN in_collection boolean NOT NULL DEFAULT false;
UPDATE loans l SET in_collection = true
FROM collection_cases c
WHERE c.loan_id = l.loan_id AND c.closed_at IS NULL AND c.started_at IS NOT NULL;
DROP INDEX loans_to_scan;
CREATE INDEX loans_to_scan ON loans (in_collection, oldest_unpaid_due_on, loan_id)
    WHERE status = 'active';

-- Whether a case of the loan is open whose workflow has taken it up, whoever writes the case.
CREATE FUNCTION note_collection() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_loan text := CASE WHEN TG_OP = 'DELETE' THEN OLD.loan_id ELSE NEW.loan_id END;
BEGIN
    UPDATE loans l SET in_collection = found.is_so
    FROM (SELECT EXISTS (SELECT FROM collection_cases c
                         WHERE c.loan_id = of_loan AND c.closed_at IS NULL
                           AND c.started_at IS NOT NULL) AS is_so) AS found
    WHERE l.loan_id = of_loan AND l.in_collection <> found.is_so;
    RETURN NULL;
END;
$$;
CREATE TRIGGER collection_begun AFTER INSERT ON collection_cases FOR EACH ROW
    WHEN (NEW.started_at IS NOT NULL) EXECUTE FUNCTION note_collection();
CREATE TRIGGER collection_changed AFTER UPDATE OF started_at, closed_at ON collection_cases
    FOR EACH ROW WHEN (OLD.started_at IS DISTINCT FROM NEW.started_at
                       OR OLD.closed_at IS DISTINCT FROM NEW.closed_at)
    EXECUTE FUNCTION note_collection();
CREATE TRIGGER collection_removed AFTER DELETE ON collection_cases
    FOR EACH ROW EXECUTE FUNCTION note_collection();

-- migrate: rollback
DROP TRIGGER collection_begun ON collection_cases;
DROP TRIGGER collection_changed ON collection_cases;
DROP TRIGGER collection_removed ON collection_cases;
DROP FUNCTION note_collection;
DROP INDEX loans_to_scan;
CREATE INDEX loans_to_scan ON loans (oldest_unpaid_due_on, loan_id) WHERE status = 'active';
ALTER TABLE loans DROP COLUMN in_collection;
