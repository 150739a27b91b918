-- An end that was cut short is on record as that, and is taken up again
-- depends: 0033-told-to-the-end

-- migrate: apply

-- It is closed, and what follows from its end is not all done: its closing notice, its file. A worker
-- of before closes without a word on that, and its cases are not taken up.
ALTER TABLE collection_cases ADD COLUMN is_ending boolean NOT NULL DEFAULT false;
-- What an end of before has left open; a closing notice that was never tried would come too late.
UPDATE collection_cases c SET is_ending = true
WHERE c.closed_at IS NOT NULL
  AND (EXISTS (SELECT FROM contact_attempts a
               WHERE a.case_id = c.case_id AND a.status = 'reserved')
       OR c.outcome = 'handed_to_legal'
          AND NOT EXISTS (SELECT FROM legal_packages p WHERE p.case_id = c.case_id));
CREATE INDEX unfinished_cases ON collection_cases (loan_id) WHERE closed_at IS NULL OR is_ending;

-- migrate: rollback
DROP INDEX unfinished_cases;
ALTER TABLE collection_cases DROP COLUMN is_ending;
