-- What is past its period, and how it is erased.

-- name: past_retention(now)
SELECT * FROM past_retention(:now) ORDER BY borrower_id, kind;

-- name: lock_person(borrower_id)$
SELECT borrower_id FROM borrowers WHERE borrower_id = :borrower_id FOR UPDATE;

-- name: may_be_erased(borrower_id, kind, now)$
SELECT true FROM past_retention(:now)
WHERE borrower_id = :borrower_id AND kind = :kind AND held_by IS NULL;

-- name: erase(borrower_id, kind, rule_id, now)!
WITH noted AS (
    INSERT INTO erasures (borrower_id, kind, rule_id, erased_at)
    VALUES (:borrower_id, :kind, :rule_id, :now)
    RETURNING borrower_id, kind
)
SELECT CASE kind WHEN 'contact' THEN erase_contact(borrower_id)
                 WHEN 'agreement' THEN erase_agreement(borrower_id)
                 ELSE erase_person(borrower_id) END
FROM noted;
