-- Which numbers are confirmed to be the borrower's, and by what; a first message that tells nothing
-- depends: 0014-who-is-who

-- migrate: apply

-- `Confirmation` in domain/policy/right_party.py. Of each kind the first counts; what is said of one
-- entry of a number holds for all of them. The lender's systems may write it, too.
CREATE TABLE phone_confirmations (
    phone_id     text NOT NULL REFERENCES phones,
    confirmed_by text NOT NULL CHECK (confirmed_by IN
        ('origination', 'conversation', 'app', 'reply', 'payment_link', 'earlier_record')),
    confirmed_at timestamptz NOT NULL,
    PRIMARY KEY (phone_id, confirmed_by)
);

-- What was answered before counts as it did then, where a policy says so (`earlier_record`).
INSERT INTO phone_confirmations (phone_id, confirmed_by, confirmed_at)
SELECT a.phone_id, 'earlier_record', min(a.outcome_at)
FROM contact_attempts a JOIN phones p USING (phone_id)
WHERE a.channel = 'call' AND a.outcome = 'connected' AND a.outcome_at IS NOT NULL
  AND p.relation = 'self'
GROUP BY a.phone_id;

-- Since when a number is what its status says; not known of what was marked before.
ALTER TABLE phones ADD status_at timestamptz;
-- Also the borrower may want no contact at a number, for good.
ALTER TABLE phones DROP CONSTRAINT phones_check;

-- A second entry of a number says nothing new. A contact person who refused has refused as such:
-- the same number may still be the borrower's own.
CREATE OR REPLACE FUNCTION keep_one_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    same phones;
BEGIN
    NEW.written := coalesce(NEW.written, NEW.number);
    NEW.number := one_number(NEW.number, (
        SELECT time_zone FROM borrowers WHERE borrower_id = NEW.borrower_id));
    FOR same IN SELECT * FROM phones p
                WHERE p.borrower_id = NEW.borrower_id AND p.number = NEW.number
                  AND p.phone_id <> NEW.phone_id
    LOOP
        NEW.blocked_at := coalesce(NEW.blocked_at, same.blocked_at);
        IF NEW.status = 'usable' AND (same.status <> 'refused' OR same.relation = 'self'
                                      OR NEW.relation = 'contact_person')
        THEN
            NEW.status := same.status;
            NEW.status_at := same.status_at;
        END IF;
    END LOOP;
    RETURN NEW;
END;
$$;

-- Not validated, as in 0008: the list only grows.
ALTER TABLE contact_attempts
    DROP CONSTRAINT contact_attempts_template_check,
    ADD CONSTRAINT contact_attempts_template_check CHECK (template IN
        ('overdue_notice', 'overdue_call', 'credit_report_warning', 'visit_invitation',
         'visit_appointment', 'visit_reminder', 'visit_called_off', 'how_to_pay', 'visit_closing',
         'part_reminder', 'payment_help', 'plan_broken', 'legal_notice', 'paid_notice',
         'settled_notice', 'plan_completed_notice', 'locate_message', 'locate_call',
         'first_message')) NOT VALID;

-- What was said in each case of a call's answer; `text` is its opening.
ALTER TABLE simulated_outbox ADD after_yes text, ADD after_no text;

-- migrate: rollback
ALTER TABLE simulated_outbox DROP after_yes, DROP after_no;
ALTER TABLE contact_attempts
    DROP CONSTRAINT contact_attempts_template_check,
    ADD CONSTRAINT contact_attempts_template_check CHECK (template IN
        ('overdue_notice', 'overdue_call', 'credit_report_warning', 'visit_invitation',
         'visit_appointment', 'visit_reminder', 'visit_called_off', 'how_to_pay', 'visit_closing',
         'part_reminder', 'payment_help', 'plan_broken', 'legal_notice', 'paid_notice',
         'settled_notice', 'plan_completed_notice', 'locate_message', 'locate_call')) NOT VALID;
CREATE OR REPLACE FUNCTION keep_one_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    same phones;
BEGIN
    NEW.written := coalesce(NEW.written, NEW.number);
    NEW.number := one_number(NEW.number, (
        SELECT time_zone FROM borrowers WHERE borrower_id = NEW.borrower_id));
    FOR same IN SELECT * FROM phones p
                WHERE p.borrower_id = NEW.borrower_id AND p.number = NEW.number
                  AND p.phone_id <> NEW.phone_id
    LOOP
        NEW.blocked_at := coalesce(NEW.blocked_at, same.blocked_at);
        IF NEW.status = 'usable' AND (same.status <> 'refused' OR NEW.relation = 'contact_person')
        THEN
            NEW.status := same.status;
        END IF;
    END LOOP;
    RETURN NEW;
END;
$$;
ALTER TABLE phones ADD CONSTRAINT phones_check
    CHECK (status <> 'refused' OR relation = 'contact_person') NOT VALID;
ALTER TABLE phones DROP status_at;
DROP TABLE phone_confirmations;
