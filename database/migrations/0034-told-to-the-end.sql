-- What was to be paid back and is not any more is told
-- depends: 0032-promises-taken-back

-- migrate: apply
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'visit_refused', 'visit_unreported',
         'waiver_approval_wanted', 'agreement_offered', 'renegotiation_ended', 'plan_withdrawn',
         'first_payment_help', 'complaint_to_answer', 'complaint_due_soon', 'complaint_overdue',
         'complainant_to_tell', 'review_wanted', 'legal_package_ready', 'overpaid',
         'overpaid_taken_back', 'owed_beside_plan')) NOT VALID;
-- Few of many: what the collectors of a loan were told of this.
CREATE INDEX notices_of_overpaid ON staff_notices (case_id)
    WHERE kind IN ('overpaid', 'overpaid_taken_back');

-- migrate: rollback
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
