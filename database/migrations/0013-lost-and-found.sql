-- What lacks a case or a run is found by an index; a case's state follows from its record alone
-- depends: 0012-e-sign-notices

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

-- ---------------------------------------------------------------------------------------------
-- What a case's state is made of and followed from no row: `domain/case/rebuilt/`.
-- ---------------------------------------------------------------------------------------------
ALTER TABLE collection_cases
    ADD COLUMN stage_entered_at timestamptz,
    ADD COLUMN stage_ends_at timestamptz,  -- as it was set; holds move it on
    ADD COLUMN held_since timestamptz,     -- it stands still since then
    ADD COLUMN cooling_until timestamptz,
    ADD COLUMN last_visit_ended_at timestamptz,
    ADD COLUMN last_released_at timestamptz,
    -- False of a case of an earlier release: its moments are not known, and not none.
    ADD COLUMN keeps_moments boolean NOT NULL DEFAULT false;
ALTER TABLE collection_cases ALTER COLUMN keeps_moments SET DEFAULT true;

-- The case's own time of an event, which the effect on its state is of.
ALTER TABLE case_events ADD COLUMN judged_at timestamptz;

-- When the approvers were last asked, if that was after the application.
ALTER TABLE visits ADD COLUMN asked_at timestamptz;

-- A booking is released by whoever ends the appointment; the case has done with it once it has told
-- the crew, and may still have to tell the borrower.
ALTER TABLE visit_crew
    ADD COLUMN given_up_at timestamptz,
    ADD COLUMN borrower_to_tell boolean NOT NULL DEFAULT false;
UPDATE visit_crew SET given_up_at = released_at;

-- Plans as they were proposed: also those of which no agreement has come, or none yet.
CREATE TABLE proposed_plans (
    plan_id     text PRIMARY KEY,
    case_id     text NOT NULL REFERENCES collection_cases,
    event_id    text NOT NULL,  -- of the report or the request that proposed it
    proposed    jsonb NOT NULL,
    given_up_at timestamptz
);
CREATE INDEX proposed_plans_of_case ON proposed_plans (case_id);

-- What the process that started last runs with: another that differs says so when it starts.
CREATE TABLE running_with (
    one            boolean PRIMARY KEY DEFAULT true CHECK (one),
    said_by        text NOT NULL,
    policy_version text NOT NULL,
    clock          text NOT NULL,
    release        text NOT NULL,
    said_at        timestamptz NOT NULL
);

-- migrate: rollback
DROP TABLE running_with, proposed_plans;
ALTER TABLE visit_crew DROP COLUMN given_up_at, DROP COLUMN borrower_to_tell;
ALTER TABLE visits DROP COLUMN asked_at;
ALTER TABLE case_events DROP COLUMN judged_at;
ALTER TABLE collection_cases
    DROP COLUMN stage_entered_at, DROP COLUMN stage_ends_at, DROP COLUMN held_since,
    DROP COLUMN cooling_until, DROP COLUMN last_visit_ended_at, DROP COLUMN last_released_at,
    DROP COLUMN keeps_moments;
DROP TRIGGER collection_begun ON collection_cases;
DROP TRIGGER collection_changed ON collection_cases;
DROP TRIGGER collection_removed ON collection_cases;
DROP FUNCTION note_collection;
DROP INDEX loans_to_scan;
CREATE INDEX loans_to_scan ON loans (oldest_unpaid_due_on, loan_id) WHERE status = 'active';
ALTER TABLE loans DROP COLUMN in_collection;
