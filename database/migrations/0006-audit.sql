-- What the audit measures against: the limits of each stored policy, and two indexes
-- depends: 0005-facts

-- migrate: apply

-- The only place where the audit reads a policy's shape. A limit it cannot find is NULL, and the
-- audit reports what it cannot measure.
CREATE VIEW audit_hours AS
SELECT version,
       (body #>> '{contact,permitted_hours,value,start}')::time AS opens,
       (body #>> '{contact,permitted_hours,value,end}')::time AS closes
FROM policies;

CREATE VIEW audit_caps AS
SELECT version, counter, (body #>> path)::integer AS allowed
FROM policies CROSS JOIN (VALUES
    ('messages', '{contact,messages_per_day,value}'::text[]),
    ('connected calls', '{contact,connected_calls_per_day,value}'),
    ('unanswered calls', '{contact,unanswered_calls_per_number_per_day,value}')
) AS caps (counter, path);

CREATE INDEX holds_of_borrower ON holds (borrower_id, placed_at);
CREATE INDEX wishes_of_loan ON case_events (loan_id, sequence)
    WHERE name = 'contact_preferences_changed' AND accepted;

-- migrate: rollback
DROP INDEX wishes_of_loan, holds_of_borrower;
DROP VIEW audit_caps, audit_hours;
