-- People are compared as identities; a hold says whether it is a complaint's own
-- depends: 0013-lost-and-found

-- migrate: apply

-- An id as it is compared: whatever its case, its width and its blanks. As domain/identity.py.
CREATE FUNCTION canonical_id(person_id text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(regexp_replace(normalize(person_id, NFKC), '\s', '', 'g'));

-- Four eyes, in the table itself. What is on record by the letter stays: the audit names it.
ALTER TABLE visits ADD CONSTRAINT visit_has_four_eyes
    CHECK (approver_id IS NULL OR canonical_id(approver_id) <> canonical_id(applicant_id)) NOT VALID;

-- A hold says whether it is a complaint's own: no other takes its place, or releases it.
ALTER TABLE holds
    ADD COLUMN complaint_id text,
    ADD CONSTRAINT hold_of_its_complaint FOREIGN KEY (loan_id, complaint_id) REFERENCES complaints;
-- Until now the name said it; one that was placed by an event, under that name, was no complaint's.
UPDATE holds h SET complaint_id = c.complaint_id
FROM complaints c
WHERE h.loan_id = c.loan_id AND h.hold_id = 'complaint:' || c.complaint_id
  AND NOT EXISTS (
      SELECT FROM case_events e
      WHERE e.loan_id = h.loan_id AND e.name = 'hold_placed' AND e.accepted
        AND e.body ->> 'hold_id' = h.hold_id);
-- A complaint that is open and whose hold another had shadowed is given its own.
INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at, complaint_id)
SELECT c.loan_id, 'complaint:' || c.complaint_id || ':2', l.borrower_id, 'complaint', c.filed_at,
       c.complaint_id
FROM complaints c JOIN loans l USING (loan_id)
WHERE c.resolved_at IS NULL AND NOT EXISTS (
    SELECT FROM holds h WHERE h.loan_id = c.loan_id AND h.complaint_id = c.complaint_id)
ON CONFLICT DO NOTHING;
CREATE INDEX holds_of_complaints ON holds (loan_id, complaint_id) WHERE complaint_id IS NOT NULL;

-- migrate: rollback
DROP INDEX holds_of_complaints;
ALTER TABLE holds DROP CONSTRAINT hold_of_its_complaint, DROP COLUMN complaint_id;
ALTER TABLE visits DROP CONSTRAINT visit_has_four_eyes;
DROP FUNCTION canonical_id(text);
