-- The words of messages and notices are those that the code knows
-- depends: 0007-audit

-- migrate: apply

-- `Template` in domain/messages/templates.py, `NoticeKind` in domain/case/notices.py: a test holds
-- them against these lists. Not validated: what an earlier release has written stays as it was, and
-- a start reads no table of millions of rows under a lock for it. Rows written from now on are held,
-- and so is an older attempt when its call is reported: a word leaves a list only when no attempt
-- that is still to be reported has it.
ALTER TABLE contact_attempts ADD CONSTRAINT contact_attempts_template_check CHECK (template IN
    ('overdue_notice', 'overdue_call', 'credit_report_warning', 'visit_invitation',
     'visit_appointment', 'visit_reminder', 'visit_called_off', 'how_to_pay', 'visit_closing',
     'part_reminder', 'payment_help', 'plan_broken', 'legal_notice', 'paid_notice',
     'settled_notice', 'plan_completed_notice', 'locate_message', 'locate_call')) NOT VALID;
ALTER TABLE staff_notices ADD CONSTRAINT staff_notices_kind_check CHECK (kind IN
    ('visit_possible', 'visit_approval_wanted', 'no_crew_free', 'visit_prepared',
     'appointment_called_off', 'negotiate_again', 'waiver_approval_wanted', 'renegotiation_ended',
     'first_payment_help', 'complaint_to_answer', 'complaint_due_soon', 'complaint_overdue',
     'review_wanted', 'legal_package_ready')) NOT VALID;

-- migrate: rollback
ALTER TABLE staff_notices DROP CONSTRAINT staff_notices_kind_check;
ALTER TABLE contact_attempts DROP CONSTRAINT contact_attempts_template_check;
