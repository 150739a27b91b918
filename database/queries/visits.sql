-- name: proposed_slot(slot_id)^
SELECT lower(slot) AS starts_at, upper(slot) AS ends_at,
       array_agg(badge_id ORDER BY badge_id) AS badge_ids
FROM visit_crew WHERE slot_id = :slot_id AND released_at IS NULL
GROUP BY slot;

-- name: wait_for_other_bookings(lock)!
-- Bookings are rare and short, and each sees what the last one left: none collides and gives up.
SELECT pg_advisory_xact_lock(:lock);

-- name: free_crew(visit_id, starts_at, ends_at, free_until, is_make_up_day, size)
-- The least booked crew members who fit a visit and are free for the whole time. A borrower has one
-- appointment a day, whatever loan it is about.
SELECT m.badge_id
FROM visits v
JOIN loans l USING (loan_id)
JOIN addresses a USING (address_id)
JOIN borrowers b ON b.borrower_id = l.borrower_id
CROSS JOIN LATERAL (SELECT :starts_at::timestamptz AT TIME ZONE b.time_zone AS starts_at,
                           :ends_at::timestamptz AT TIME ZONE b.time_zone AS ends_at) local
JOIN crew_members m ON m.active
 AND canonical_id(m.badge_id) <> canonical_id(v.applicant_id)
 AND canonical_id(m.badge_id) IS DISTINCT FROM canonical_id(v.approver_id)
 AND (m.region IS NULL OR m.region = a.region)
 AND (m.skills IS NULL OR b.language = ANY (m.skills))
 -- A weekend day that is worked in place of another is a weekday for whoever works on weekdays.
 AND (m.work_days IS NULL OR extract(isodow FROM local.starts_at)::integer = ANY (m.work_days)
      OR :is_make_up_day::boolean AND m.work_days && ARRAY[1, 2, 3, 4, 5])
 AND (m.works_from IS NULL OR local.starts_at::time >= m.works_from
      AND local.ends_at <= local.starts_at::date + m.works_until)
WHERE v.visit_id = :visit_id
  AND NOT EXISTS (SELECT FROM visits other JOIN loans o USING (loan_id)
                  WHERE o.borrower_id = b.borrower_id AND other.visit_id <> v.visit_id
                    AND (other.ended_at IS NULL OR other.checked_in_at IS NOT NULL)
                    AND (lower(other.slot) AT TIME ZONE b.time_zone)::date = local.starts_at::date)
  AND NOT EXISTS (SELECT FROM crew_bars x
                  WHERE x.borrower_id = b.borrower_id AND x.badge_id = m.badge_id)
  AND NOT EXISTS (SELECT FROM crew_absences x
                  WHERE x.badge_id = m.badge_id AND x.during @> local.starts_at::date)
  AND NOT EXISTS (SELECT FROM visit_crew k
                  WHERE k.badge_id = m.badge_id AND k.released_at IS NULL
                    AND k.during && tstzrange(:starts_at, :free_until))
ORDER BY (SELECT count(*) FROM visit_crew k
          WHERE k.badge_id = m.badge_id AND k.released_at IS NULL), m.badge_id
LIMIT :size;

-- name: book_crew(visit_id, slot_id, badge_id, starts_at, ends_at, free_until)*!
INSERT INTO visit_crew (visit_id, slot_id, badge_id, slot, during)
VALUES (:visit_id, :slot_id, :badge_id, tstzrange(:starts_at, :ends_at),
        tstzrange(:starts_at, :free_until));

-- name: set_slot(visit_id, slot_id, starts_at, ends_at)!
UPDATE visits SET status = 'approved', slot_id = :slot_id, slot = tstzrange(:starts_at, :ends_at),
                  notice_sent_at = NULL, confirmed_at = NULL, dossier = NULL
WHERE visit_id = :visit_id;

-- name: release_crew(visit_id, now)!
UPDATE visit_crew SET released_at = :now WHERE visit_id = :visit_id AND released_at IS NULL;

-- name: give_up_slot(slot_id, tells_borrower, now)!
UPDATE visit_crew SET given_up_at = :now, borrower_to_tell = :tells_borrower
WHERE slot_id = :slot_id AND given_up_at IS NULL;

-- name: clear_slot(visit_id)!
UPDATE visits SET status = 'approved', slot_id = NULL, slot = NULL, notice_sent_at = NULL,
                  confirmed_at = NULL, dossier = NULL
WHERE visit_id = :visit_id AND ended_at IS NULL AND approved_at IS NOT NULL
  AND checked_in_at IS NULL;  -- a visit that has begun keeps the proof of how it was arranged

-- name: void_approval(visit_id, asked_at)!
UPDATE visits SET status = 'requested', approver_id = NULL, approved_at = NULL,
                  approval_expires_at = NULL, asked_at = coalesce(:asked_at, asked_at)
WHERE visit_id = :visit_id AND ended_at IS NULL AND checked_in_at IS NULL;

-- name: case_of_visit(visit_id)$
SELECT case_id FROM visits WHERE visit_id = :visit_id;

-- name: prepare_dossier(visit_id, now, components)!
-- Who the borrower is, what is owed as of that day, what was tried, what holds exist.
UPDATE visits v SET dossier = json_build_object(
    'as_of', :now::timestamptz,
    'borrower', (SELECT json_build_object('name', b.full_name, 'language', b.language,
                                          'time_zone', b.time_zone)
                 FROM borrowers b WHERE b.borrower_id = l.borrower_id),
    'address', (SELECT a.line FROM addresses a WHERE a.address_id = v.address_id),
    'debt', (SELECT json_build_object('arrears_minor', d.arrears_minor,
                                      'outstanding_minor', d.outstanding_minor,
                                      'overdue_since', d.oldest_unpaid_due_on,
                                      'components', :components::json,
                                      'currency', l.currency)
             FROM borrowers b, loan_debt(l, (:now::timestamptz AT TIME ZONE b.time_zone)::date) d
             WHERE b.borrower_id = l.borrower_id),
    'tried', (SELECT coalesce(json_agg(json_build_object(
                  'at', a.sent_at, 'channel', a.channel, 'template', a.template,
                  'outcome', a.outcome) ORDER BY a.sent_at), '[]')
              FROM contact_attempts a WHERE a.case_id = v.case_id AND a.status = 'sent'),
    'holds', (SELECT coalesce(json_agg(json_build_object(
                  'reason', h.reason, 'placed_at', h.placed_at, 'until', h.until,
                  'released_at', h.released_at) ORDER BY h.placed_at), '[]')
              FROM holds h WHERE h.borrower_id = l.borrower_id))
FROM loans l
WHERE v.visit_id = :visit_id AND l.loan_id = v.loan_id;

-- name: end_visit(visit_id, status, reason, now)!
UPDATE visits SET status = :status, ended_at = :now, ended_reason = :reason
WHERE visit_id = :visit_id AND ended_at IS NULL;

-- name: add_crew_member(badge_id, full_name, region, skills, work_days, works_from, works_until)*!
-- Who has left has left, whatever roster still names them.
INSERT INTO crew_members (badge_id, full_name, region, skills, work_days, works_from, works_until)
VALUES (:badge_id, :full_name, :region, :skills, :work_days, :works_from, :works_until)
ON CONFLICT (badge_id) DO UPDATE SET
    full_name = excluded.full_name, region = excluded.region,
    skills = excluded.skills, work_days = excluded.work_days, works_from = excluded.works_from,
    works_until = excluded.works_until;

-- name: forget_absences(badge_ids)!
DELETE FROM crew_absences WHERE badge_id = ANY (:badge_ids::text[]);

-- name: add_absence(badge_id, first_day, last_day)*!
INSERT INTO crew_absences (badge_id, during)
VALUES (:badge_id, daterange(:first_day, :last_day, '[]'))
ON CONFLICT DO NOTHING;

-- name: level_of_staff(staff_id)$
SELECT level FROM staff WHERE active AND canonical_id(staff_id) = canonical_id(:staff_id)
ORDER BY level LIMIT 1;

-- name: is_staff_listed()$
-- Whether the lender says who its approvers are. Those who left alone are no list.
SELECT EXISTS (SELECT FROM staff WHERE active);

-- name: has_left(person_id)$
-- Whether somebody is on file, as staff or as crew, and works here no more.
SELECT coalesce(NOT bool_or(active), false) FROM (
    SELECT active FROM staff WHERE canonical_id(staff_id) = canonical_id(:person_id)
    UNION ALL
    SELECT active FROM crew_members WHERE canonical_id(badge_id) = canonical_id(:person_id)
) AS on_file;

-- name: dismissed_crew(badge_ids)$
-- Who of a crew works here no more; NULL when all do.
SELECT string_agg(m.badge_id, ', ' ORDER BY m.badge_id) FROM crew_members m
WHERE NOT m.active AND canonical_id(m.badge_id) IN (
    SELECT canonical_id(came) FROM unnest(:badge_ids::text[]) AS came);

-- name: crew_that_left(badge_ids)
SELECT badge_id FROM crew_members WHERE NOT active AND badge_id = ANY (:badge_ids::text[])
ORDER BY badge_id;

-- name: add_staff_member(staff_id, level)*!
-- Who has left has left, whatever list still names them.
INSERT INTO staff (staff_id, level) VALUES (:staff_id, :level)
ON CONFLICT (staff_id) DO UPDATE SET level = excluded.level;

-- name: staff_that_left(staff_ids)
SELECT staff_id FROM staff WHERE NOT active AND staff_id = ANY (:staff_ids::text[])
ORDER BY staff_id;

-- What a hotline asks of a visitor.

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
-- Not by the code alone: an answer is about a visit only when code and badge belong together. A badge
-- is read out as it comes. The crew of a visit that was reported, or has ended, is gone.
SELECT v.visit_id, lower(k.slot) AS starts_at, upper(k.slot) AS ends_at,
       v.status IN ('proposed', 'confirmed') AS is_announced,
       v.status IN ('confirmed', 'checked_in', 'completed') AS is_confirmed,
       -- Whoever is there may have been released, too: that visit has not been called off.
       k.released_at IS NOT NULL AND NOT here.is_begun AS is_called_off,
       here.is_begun AND v.reported_at IS NULL AND v.ended_at IS NULL AS is_inside,
       here.is_begun AND (v.reported_at IS NOT NULL OR v.ended_at IS NOT NULL)
           OR v.slot_id = k.slot_id AND v.reported_at IS NOT NULL AS is_over,
       NOT m.active AS is_dismissed
FROM visits v JOIN visit_crew k USING (visit_id) JOIN crew_members m USING (badge_id)
CROSS JOIN LATERAL (SELECT v.checked_in_at IS NOT NULL
                           AND v.slot_id IS NOT DISTINCT FROM k.slot_id AS is_begun) AS here
WHERE v.visit_code = :visit_code AND canonical_id(k.badge_id) = canonical_id(:badge_id)
ORDER BY lower(k.slot), v.visit_id;

-- name: record_check(check_id, asked_at, caller, visit_code, badge_id, visit_id, answer, retry_at)!
INSERT INTO visitor_checks (check_id, asked_at, caller, visit_code, badge_id, visit_id, answer,
                            retry_at)
VALUES (:check_id, :asked_at, :caller, :visit_code, :badge_id, :visit_id, :answer, :retry_at);
