-- What the audit measures against: the limits of each stored policy, and two indexes
-- depends: 0006-facts

-- migrate: apply

-- The only place where the audit reads the shape of a policy. A limit that it cannot read is NULL,
-- and the audit reports what it cannot measure. A rule that is disabled permits every hour.
CREATE VIEW audit_hours AS
SELECT version, channel,
       CASE WHEN is_off THEN '00:00' ELSE (rule #>> '{value,start}')::time END AS opens,
       CASE WHEN is_off THEN '24:00' ELSE (rule #>> '{value,end}')::time END AS closes,
       coalesce((rule ->> 'effective_from')::date, '-infinity') AS effective_from,
       coalesce((rule ->> 'effective_until')::date, 'infinity') AS effective_until
FROM policies
CROSS JOIN (VALUES ('sms'), ('call')) AS channels (channel)
CROSS JOIN LATERAL (
    SELECT coalesce(body #> ARRAY['contact', 'permitted_hours_by_channel', channel],
                    body #> '{contact,permitted_hours}') AS rule) AS rules
CROSS JOIN LATERAL (SELECT coalesce(rule ->> 'enabled', 'true') = 'false' AS is_off) AS state;

-- A counter: no contact while `allowed` contacts of the same key lie in the window. Policies of
-- before there was a list of counters have three of fixed names.
CREATE VIEW audit_counters AS
SELECT version, rule ->> 'id' AS rule_id, value ->> 'scope' AS scope, value ->> 'channel' AS channel,
       coalesce(value ->> 'counted', 'attempts') AS counted,
       coalesce(value -> 'purposes', '[]') AS purposes,
       calendar_days,
       CASE WHEN calendar_days IS NULL
            THEN make_interval(hours => coalesce((value #>> '{window,rolling_days}')::integer, 0) * 24
                                   + coalesce((value #>> '{window,rolling_hours}')::integer, 0))
            ELSE make_interval(days => calendar_days + 1) END AS span,
       (value ->> 'limit')::integer AS allowed,
       coalesce((rule ->> 'effective_from')::date, '-infinity') AS effective_from,
       coalesce((rule ->> 'effective_until')::date, 'infinity') AS effective_until
FROM policies
CROSS JOIN LATERAL (
    SELECT each.value AS rule FROM jsonb_each(body #> '{contact,counters}') AS each
    UNION ALL
    SELECT jsonb_build_object('id', body #> ARRAY['contact', name, 'id'], 'value',
                              counter || jsonb_build_object(
                                  'window', '{"calendar_days": 1}'::jsonb,
                                  'limit', body #> ARRAY['contact', name, 'value']))
    FROM (VALUES
        ('messages_per_day',
         '{"scope": "borrower", "channel": "sms", "purposes": ["collection"]}'::jsonb),
        ('connected_calls_per_day',
         '{"scope": "borrower", "channel": "call", "counted": "connected"}'),
        ('unanswered_calls_per_number_per_day',
         '{"scope": "phone", "channel": "call", "counted": "unanswered"}')) AS fixed (name, counter)
    WHERE body #> '{contact,counters}' IS NULL) AS rules
CROSS JOIN LATERAL (
    SELECT rule -> 'value' AS value,
           (rule #>> '{value,window,calendar_days}')::integer AS calendar_days) AS counter
WHERE coalesce(rule ->> 'enabled', 'true') = 'true';

CREATE INDEX holds_of_borrower ON holds (borrower_id, placed_at);
CREATE INDEX wishes_of_loan ON case_events (loan_id, sequence)
    WHERE name = 'contact_preferences_changed' AND accepted;

-- migrate: rollback
DROP INDEX wishes_of_loan, holds_of_borrower;
DROP VIEW audit_counters, audit_hours;
