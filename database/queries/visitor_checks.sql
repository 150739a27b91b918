-- name: wait_for_other_checks(lock)!
-- Two questions at once must not both find the last place of a limit.
SELECT pg_advisory_xact_lock(:lock);

-- name: known_check(check_id)^
SELECT answer, retry_at FROM visitor_checks WHERE check_id = :check_id;

-- name: answered_to_caller(caller, most)
SELECT asked_at FROM visitor_checks WHERE caller = :caller AND answer IS NOT NULL
ORDER BY asked_at DESC LIMIT :most;

-- name: answered_for_code(visit_code, most)
SELECT asked_at FROM visitor_checks WHERE visit_code = :visit_code AND answer IS NOT NULL
ORDER BY asked_at DESC LIMIT :most;

-- name: bookings_of_visitor(visit_code, badge_id)
-- Not by the code alone: an answer is about a visit only when code and badge belong together.
SELECT v.visit_id, lower(k.slot) AS starts_at, upper(k.slot) AS ends_at,
       v.status IN ('proposed', 'confirmed') AS is_announced,
       v.status IN ('confirmed', 'checked_in', 'completed') AS is_confirmed,
       -- Whoever has been there is released, too; that visit has not been called off.
       k.released_at IS NOT NULL
           AND (v.checked_in_at IS NULL OR v.slot_id IS DISTINCT FROM k.slot_id) AS is_called_off
FROM visits v JOIN visit_crew k USING (visit_id)
WHERE v.visit_code = :visit_code AND k.badge_id = :badge_id
ORDER BY lower(k.slot), v.visit_id;

-- name: record_check(check_id, asked_at, caller, visit_code, badge_id, visit_id, answer, retry_at)!
INSERT INTO visitor_checks (check_id, asked_at, caller, visit_code, badge_id, visit_id, answer,
                            retry_at)
VALUES (:check_id, :asked_at, :caller, :visit_code, :badge_id, :visit_id, :answer, :retry_at);
