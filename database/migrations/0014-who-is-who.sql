-- People are compared as identities, not letter by letter
-- depends: 0013-lost-and-found

-- migrate: apply

-- An id as it is compared: whatever its case, its width and its blanks. As domain/identity.py.
CREATE FUNCTION canonical_id(person_id text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(regexp_replace(normalize(person_id, NFKC), '\s', '', 'g'));

-- Four eyes, in the table itself. What is on record by the letter stays: the audit names it.
ALTER TABLE visits ADD CONSTRAINT visit_has_four_eyes
    CHECK (approver_id IS NULL OR canonical_id(approver_id) <> canonical_id(applicant_id)) NOT VALID;

-- migrate: rollback
ALTER TABLE visits DROP CONSTRAINT visit_has_four_eyes;
DROP FUNCTION canonical_id(text);
