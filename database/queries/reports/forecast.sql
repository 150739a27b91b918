-- What `ops.py forecast` begins from: each open case with its facts, and the visits that are booked.

-- name: cases_to_forecast(after_case, size, now, days_back)
-- Open cases that a workflow has taken up, by id, behind one. Both kinds of facts, as of the moment.
SELECT c.case_id, c.policy_version, c.opened_at, case_facts(c.case_id, :now)::text AS facts,
       concat(left(gate.facts::text, -1), ', ', substr(people::text, 2)) AS contact_facts
FROM (SELECT * FROM collection_cases
      WHERE closed_at IS NULL AND started_at IS NOT NULL AND case_id > :after_case
      ORDER BY case_id LIMIT :size) AS c
CROSS JOIN LATERAL contact_facts(c.case_id, '', :now, :days_back) AS gate
CROSS JOIN LATERAL right_party_facts(
    gate.recipient ->> 'borrower_id', '', (gate.recipient ->> 'at')::timestamptz) AS people
ORDER BY c.case_id;

-- name: visits_to_forecast(now, until)
-- Those that are booked, on the day of the borrower's own calendar.
SELECT (lower(v.slot) AT TIME ZONE b.time_zone)::date AS on_day, a.region,
       ARRAY(SELECT k.badge_id FROM visit_crew k
             WHERE k.slot_id = v.slot_id AND k.released_at IS NULL ORDER BY k.badge_id) AS crew
FROM visits v
JOIN addresses a USING (address_id)
JOIN borrowers b USING (borrower_id)
WHERE v.ended_at IS NULL AND lower(v.slot) >= :now AND lower(v.slot) < :until
ORDER BY on_day, a.region;

-- name: cases_closed_since(since, now)$
SELECT count(*) FROM collection_cases
WHERE opened_at < :since AND closed_at > :since AND closed_at <= :now;
