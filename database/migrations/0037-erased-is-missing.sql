-- Of whom nothing is kept any more, nothing is known: whoever borrows again is asked for it anew
-- depends: 0036-parts-asked-anew

-- migrate: apply
CREATE OR REPLACE FUNCTION erase_person(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE phones p SET number = concat('erased ', first.phone_id), written = NULL,
                        status = CASE p.status WHEN 'usable' THEN 'invalid' ELSE p.status END
    FROM (SELECT number, min(phone_id) AS phone_id FROM phones
          WHERE borrower_id = of_borrower GROUP BY number) AS first
    WHERE p.borrower_id = of_borrower AND first.number = p.number;
    UPDATE addresses SET line = '', region = '', status = 'wrong' WHERE borrower_id = of_borrower;
    UPDATE loans SET purpose = NULL, annual_income_minor = NULL, reported_status = NULL
    WHERE borrower_id = of_borrower;
    UPDATE borrowers SET full_name = '' WHERE borrower_id = of_borrower;
END;
$$;
-- Of those who were erased already, what was: somebody may have come back since.
UPDATE borrowers SET full_name = ''
WHERE full_name = 'erased' AND borrower_id IN (SELECT borrower_id FROM erasures WHERE kind = 'person');
UPDATE phones SET status = 'invalid' WHERE starts_with(number, 'erased ') AND status = 'usable';
UPDATE addresses SET status = 'wrong' WHERE line = '' AND status = 'usable';

-- migrate: rollback
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
