-- Told, too: what is not to be paid back any more, a crew that came after all, plans in force again
-- depends: 0032-promises-taken-back

-- migrate: apply
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'visit_refused', 'visit_unreported',
         'waiver_approval_wanted', 'agreement_offered', 'renegotiation_ended', 'plan_withdrawn',
         'first_payment_help', 'complaint_to_answer', 'complaint_due_soon', 'complaint_overdue',
         'complainant_to_tell', 'crew_came', 'review_wanted', 'legal_package_ready', 'overpaid',
         'overpaid_taken_back', 'owed_beside_plan')) NOT VALID;
-- Few of many: what the collectors of a loan were told of this.
CREATE INDEX notices_of_overpaid ON staff_notices (case_id)
    WHERE kind IN ('overpaid', 'overpaid_taken_back');

-- Since when an agreement that had ended is in force again: its missed part was paid in time, or the
-- payment that completed it was taken back.
ALTER TABLE agreements ADD COLUMN in_force_again_at timestamptz;
CREATE OR REPLACE FUNCTION tell_of_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_news(NEW.loan_id, 'agreement.' || NEW.status,
        greatest(NEW.offered_at, NEW.signed_at, NEW.in_force_again_at, NEW.ended_at),
        json_build_object('case_id', NEW.case_id, 'agreement_id', NEW.agreement_id,
                          'plan_id', NEW.plan_id, 'visit_id', NEW.visit_id,
                          'document_sha256', NEW.document_sha256,
                          'total_minor', NEW.total_minor, 'waiver_minor', NEW.waiver_minor,
                          'supersedes', NEW.supersedes, 'expires_at', in_utc(NEW.expires_at),
                          'in_force_again_at', CASE WHEN NEW.status = 'signed'
                                               THEN in_utc(NEW.in_force_again_at) END));
    RETURN NULL;
END;
$$;

-- migrate: rollback
CREATE OR REPLACE FUNCTION tell_of_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_news(NEW.loan_id, 'agreement.' || NEW.status,
        greatest(NEW.offered_at, NEW.signed_at, NEW.ended_at),
        json_build_object('case_id', NEW.case_id, 'agreement_id', NEW.agreement_id,
                          'plan_id', NEW.plan_id, 'visit_id', NEW.visit_id,
                          'document_sha256', NEW.document_sha256,
                          'total_minor', NEW.total_minor, 'waiver_minor', NEW.waiver_minor,
                          'supersedes', NEW.supersedes, 'expires_at', in_utc(NEW.expires_at)));
    RETURN NULL;
END;
$$;
ALTER TABLE agreements DROP COLUMN in_force_again_at;
DROP INDEX notices_of_overpaid;
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'visit_refused', 'visit_unreported',
         'waiver_approval_wanted', 'agreement_offered', 'renegotiation_ended', 'plan_withdrawn',
         'first_payment_help', 'complaint_to_answer', 'complaint_due_soon', 'complaint_overdue',
         'complainant_to_tell', 'review_wanted', 'legal_package_ready', 'overpaid',
         'owed_beside_plan')) NOT VALID;
