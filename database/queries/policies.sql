-- name: store_policy(version, profile, sha256, body, texts, longest_window_days, now)!
INSERT INTO policies (version, profile, sha256, body, texts, longest_window_days, stored_at)
VALUES (:version, :profile, :sha256, :body::jsonb, :texts::jsonb,
        :longest_window_days, :now)
ON CONFLICT (version) DO NOTHING;

-- name: stored_policy(version)^
-- With its texts, which do not travel: a case is given the numbers alone.
SELECT sha256, (body || jsonb_build_object('texts', texts))::text AS policy
FROM policies WHERE version = :version;

-- name: texts_of_policy(version)$
-- One that names none goes by what was shipped while texts were no part of a policy.
SELECT coalesce((SELECT texts FROM policies WHERE version = :version), texts_of_before())::text;

-- name: cases_to_move(version, loan_id, lender)
-- The open cases of a loan or a lender that another policy governs. `earlier` counts the events
-- by which this version was sent to the case before: a case that has left it again needs a new id.
SELECT c.case_id, c.loan_id, c.policy_version,
       (SELECT count(*) FROM case_events e
        WHERE e.case_id = c.case_id AND e.name = 'policy_adopted'
          AND (e.event_id = 'adopt' || chr(58) || :version || chr(58) || c.case_id
               OR starts_with(e.event_id, 'adopt' || chr(58) || :version || chr(58) || c.case_id
                                          || chr(35)))) AS earlier
FROM collection_cases c JOIN loans l USING (loan_id)
WHERE c.closed_at IS NULL AND c.policy_version <> :version
  AND (l.loan_id = :loan_id OR l.lender = :lender)
ORDER BY c.case_id;

-- name: cases_governed(version, loan_id, lender)$
-- How many open cases the version governs already.
SELECT count(*)
FROM collection_cases c JOIN loans l USING (loan_id)
WHERE c.closed_at IS NULL AND c.policy_version = :version
  AND (l.loan_id = :loan_id OR l.lender = :lender);

-- name: running_with()^
SELECT said_by, policy_version, clock, release FROM running_with;

-- name: run_with(said_by, policy_version, clock, release, now)!
INSERT INTO running_with (said_by, policy_version, clock, release, said_at)
VALUES (:said_by, :policy_version, :clock, :release, :now)
ON CONFLICT (one) DO UPDATE
SET said_by = excluded.said_by, policy_version = excluded.policy_version, clock = excluded.clock,
    release = excluded.release, said_at = excluded.said_at;

-- name: rule_of_case(case_id, section, rule)$
-- The id of a rule in the policy that a case is pinned to; nothing where that policy lacks it.
SELECT p.body #>> ARRAY[:section, :rule, 'id']
FROM collection_cases c JOIN policies p ON p.version = c.policy_version
WHERE c.case_id = :case_id;

-- name: zones_in_use()
SELECT DISTINCT time_zone FROM borrowers ORDER BY time_zone;

-- name: clocks_of(zones, moments)
-- The local time of each moment in each zone that the server knows.
SELECT known.name AS zone, moment.at, moment.at AT TIME ZONE known.name AS local
FROM unnest(:zones::text[]) AS asked (name)
JOIN pg_timezone_names known ON known.name = asked.name
CROSS JOIN unnest(:moments::timestamptz[]) AS moment (at)
ORDER BY known.name, moment.at;
