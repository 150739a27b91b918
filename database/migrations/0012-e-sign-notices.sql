-- The e-sign platform is told which document is offered
-- depends: 0011-people

-- migrate: apply

-- Not validated, as in 0008: the lists only grow, and what is written already is held by the old ones.
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_audience_check,
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_audience_check CHECK (audience IN
        ('approvers', 'senior_approvers', 'crew', 'collectors', 'complaint_desk', 'legal',
         'e_sign')) NOT VALID,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'waiver_approval_wanted',
         'agreement_offered', 'renegotiation_ended', 'first_payment_help', 'complaint_to_answer',
         'complaint_due_soon', 'complaint_overdue', 'review_wanted', 'legal_package_ready'))
        NOT VALID;

-- migrate: rollback
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_audience_check,
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_audience_check CHECK (audience IN
        ('approvers', 'senior_approvers', 'crew', 'collectors', 'complaint_desk', 'legal'))
        NOT VALID,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'waiver_approval_wanted',
         'renegotiation_ended', 'first_payment_help', 'complaint_to_answer', 'complaint_due_soon',
         'complaint_overdue', 'review_wanted', 'legal_package_ready')) NOT VALID;
