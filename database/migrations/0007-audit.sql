-- What the audit measures against: the limits of each stored policy, and two indexes
-- depends: 0006-facts

-- migrate: apply

-- The only place where the audit reads the shape of a policy. A limit that it cannot read is NULL,
-- and the audit reports what it cannot measure. A rule that is disabled permits every hour.
-- The general rule binds on the days on which a channel has no rule of its own in force.
CREATE VIEW audit_hours AS
WITH rules AS (
    SELECT version, channel, own, general,
           coalesce((general ->> 'enabled')::boolean, true) AS is_on,
           coalesce((general ->> 'effective_from')::date, '-infinity') AS general_from,
           coalesce((general ->> 'effective_until')::date, 'infinity') AS general_until,
           CASE WHEN own IS NULL THEN 'infinity'
                ELSE coalesce((own ->> 'effective_from')::date, '-infinity') END AS own_from,
           coalesce((own ->> 'effective_until')::date, 'infinity') AS own_until
    FROM policies
    CROSS JOIN (VALUES ('sms'), ('call')) AS channels (channel)
    CROSS JOIN LATERAL (
        SELECT body #> '{contact,permitted_hours}' AS general,
               CASE WHEN body #>> ARRAY['contact', 'permitted_hours_by_channel', channel, 'enabled']
                         IS DISTINCT FROM 'false'
                    THEN body #> ARRAY['contact', 'permitted_hours_by_channel', channel] END AS own
    ) AS written
)
SELECT version, channel, (own #>> '{value,start}')::time AS opens,
       (own #>> '{value,end}')::time AS closes, own_from AS effective_from,
       own_until AS effective_until
FROM rules WHERE own IS NOT NULL
UNION ALL
SELECT version, channel,
       CASE WHEN is_on THEN (general #>> '{value,start}')::time ELSE '00:00' END,
       CASE WHEN is_on THEN (general #>> '{value,end}')::time ELSE '24:00' END,
       between_.first_day, between_.last_day
FROM rules
CROSS JOIN LATERAL (VALUES
    (general_from, least(general_until, own_from - 1)),
    (greatest(general_from, own_until + 1), general_until)) AS between_ (first_day, last_day)
WHERE between_.first_day <= between_.last_day AND between_.first_day < 'infinity';

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
