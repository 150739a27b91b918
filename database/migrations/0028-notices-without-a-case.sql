-- A complaint about a loan that never had a case is told to its desk all the same
-- depends: 0027-erased-wholly

-- migrate: apply
ALTER TABLE staff_notices
    ALTER COLUMN case_id DROP NOT NULL,
    ADD COLUMN loan_id text REFERENCES loans,  -- NULL: that of its case
    ADD CONSTRAINT staff_notices_about CHECK (num_nonnulls(case_id, loan_id) = 1);
CREATE INDEX notices_without_case ON staff_notices (loan_id) WHERE loan_id IS NOT NULL;

CREATE OR REPLACE FUNCTION tell_of_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_news(
        coalesce(NEW.loan_id,
                 (SELECT c.loan_id FROM collection_cases c WHERE c.case_id = NEW.case_id)),
        'notice.' || NEW.kind, NEW.created_at,
        json_build_object('case_id', NEW.case_id, 'notice_id', NEW.notice_id,
                          'audience', NEW.audience, 'notice', NEW.body - 'loan_id' - 'reason'));
    RETURN NULL;
END;
$$;

-- With what else is said of contact.
ALTER FUNCTION erase_contact(text) RENAME TO erase_contact_of_cases;
CREATE FUNCTION erase_contact(of_borrower text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM erase_contact_of_cases(of_borrower);
    UPDATE staff_notices SET body = '{}'
    WHERE loan_id IN (SELECT loan_id FROM loans WHERE borrower_id = of_borrower);
END;
$$;

-- migrate: rollback
DROP FUNCTION erase_contact(text);
ALTER FUNCTION erase_contact_of_cases(text) RENAME TO erase_contact;
CREATE OR REPLACE FUNCTION tell_of_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_news(c.loan_id, 'notice.' || NEW.kind, NEW.created_at,
        json_build_object('case_id', NEW.case_id, 'notice_id', NEW.notice_id,
                          'audience', NEW.audience, 'notice', NEW.body - 'loan_id' - 'reason'))
    FROM collection_cases c WHERE c.case_id = NEW.case_id;
    RETURN NULL;
END;
$$;
DELETE FROM staff_notices WHERE case_id IS NULL;
ALTER TABLE staff_notices DROP COLUMN loan_id, ALTER COLUMN case_id SET NOT NULL;
