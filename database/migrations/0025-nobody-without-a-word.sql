-- Words for those who had none: of a document to sign, a visit that is none, a plan that ends
-- depends: 0022-overdue-at-once

-- migrate: apply

-- Not validated, as in 0008: the lists only grow.
ALTER TABLE contact_attempts
    DROP CONSTRAINT contact_attempts_template_check,
    ADD CONSTRAINT contact_attempts_template_check CHECK (template IN
    ('overdue_notice', 'overdue_call', 'credit_report_warning', 'visit_invitation',
     'visit_appointment', 'visit_reminder', 'visit_called_off', 'how_to_pay', 'visit_closing',
     'part_reminder', 'payment_help', 'plan_broken', 'legal_notice', 'paid_notice',
     'settled_notice', 'plan_completed_notice', 'locate_message', 'locate_call', 'plan_goes_on',
     'first_message', 'agreement_to_sign', 'agreement_expires', 'visit_not_granted',
     'visit_not_made', 'plan_unchanged', 'plan_withdrawn')) NOT VALID;
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'visit_refused', 'visit_unreported',
         'waiver_approval_wanted', 'agreement_offered', 'renegotiation_ended', 'plan_withdrawn',
         'first_payment_help', 'complaint_to_answer', 'complaint_due_soon', 'complaint_overdue',
         'complainant_to_tell', 'review_wanted', 'legal_package_ready', 'overpaid',
         'owed_beside_plan')) NOT VALID;

-- migrate: rollback
ALTER TABLE contact_attempts
    DROP CONSTRAINT contact_attempts_template_check,
    ADD CONSTRAINT contact_attempts_template_check CHECK (template IN
    ('overdue_notice', 'overdue_call', 'credit_report_warning', 'visit_invitation',
     'visit_appointment', 'visit_reminder', 'visit_called_off', 'how_to_pay', 'visit_closing',
     'part_reminder', 'payment_help', 'plan_broken', 'legal_notice', 'paid_notice',
     'settled_notice', 'plan_completed_notice', 'locate_message', 'locate_call', 'plan_goes_on',
     'first_message')) NOT VALID;
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'waiver_approval_wanted',
         'agreement_offered', 'renegotiation_ended', 'first_payment_help', 'complaint_to_answer',
         'complaint_due_soon', 'complaint_overdue', 'complainant_to_tell', 'review_wanted',
         'legal_package_ready', 'overpaid', 'owed_beside_plan')) NOT VALID;
