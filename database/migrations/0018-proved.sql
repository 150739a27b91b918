-- Costs that were confirmed are told from costs that were assumed; who complained is told of delay
-- depends: 0017-plans-kept

-- migrate: apply

-- Until now a signature counted as its own cost disclosure. Nobody can say any more when the costs
-- were confirmed: such agreements are marked, and the audit does not ask them.
ALTER TABLE agreements ADD COLUMN disclosure_assumed boolean NOT NULL DEFAULT false;
UPDATE agreements SET disclosure_assumed = true WHERE signed_at IS NOT NULL;
COMMENT ON COLUMN agreements.disclosed_at IS
    'When the borrower confirmed what the plan costs, as the e-sign platform says.';

-- Not validated, as in 0008: the list only grows.
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'waiver_approval_wanted',
         'agreement_offered', 'renegotiation_ended', 'first_payment_help', 'complaint_to_answer',
         'complaint_due_soon', 'complaint_overdue', 'complainant_to_tell', 'review_wanted',
         'legal_package_ready', 'overpaid', 'owed_beside_plan')) NOT VALID;

-- Two lists were written side by side, and the later one lacked the word of the other.
ALTER TABLE contact_attempts
    DROP CONSTRAINT contact_attempts_template_check,
    ADD CONSTRAINT contact_attempts_template_check CHECK (template IN
    ('overdue_notice', 'overdue_call', 'credit_report_warning', 'visit_invitation',
     'visit_appointment', 'visit_reminder', 'visit_called_off', 'how_to_pay', 'visit_closing',
     'part_reminder', 'payment_help', 'plan_broken', 'legal_notice', 'paid_notice',
     'settled_notice', 'plan_completed_notice', 'locate_message', 'locate_call', 'plan_goes_on',
     'first_message')) NOT VALID;

-- migrate: rollback
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'waiver_approval_wanted',
         'agreement_offered', 'renegotiation_ended', 'first_payment_help', 'complaint_to_answer',
         'complaint_due_soon', 'complaint_overdue', 'review_wanted',
         'legal_package_ready', 'overpaid', 'owed_beside_plan')) NOT VALID;
ALTER TABLE agreements DROP COLUMN disclosure_assumed;
