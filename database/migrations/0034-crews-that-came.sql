-- A crew that came after all: the complaint desk had been told that its appointment is off
-- depends: 0033-told-to-the-end

-- migrate: apply

-- Not validated, as in 0008: the list only grows.
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'visit_refused', 'visit_unreported',
         'waiver_approval_wanted', 'agreement_offered', 'renegotiation_ended', 'plan_withdrawn',
         'first_payment_help', 'complaint_to_answer', 'complaint_due_soon', 'complaint_overdue',
         'complainant_to_tell', 'crew_came', 'review_wanted', 'legal_package_ready', 'overpaid',
         'overpaid_taken_back', 'owed_beside_plan')) NOT VALID;

-- migrate: rollback
ALTER TABLE staff_notices
    DROP CONSTRAINT staff_notices_kind_check,
    ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
        ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
         'appointment_called_off', 'negotiate_again', 'visit_refused', 'visit_unreported',
         'waiver_approval_wanted', 'agreement_offered', 'renegotiation_ended', 'plan_withdrawn',
         'first_payment_help', 'complaint_to_answer', 'complaint_due_soon', 'complaint_overdue',
         'complainant_to_tell', 'review_wanted', 'legal_package_ready', 'overpaid',
         'overpaid_taken_back', 'owed_beside_plan')) NOT VALID;
