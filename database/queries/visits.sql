-- name: proposed_slot(slot_id)^
SELECT lower(during) AS starts_at, upper(during) AS ends_at,
       array_agg(badge_id ORDER BY badge_id) AS badge_ids
FROM visit_crew WHERE slot_id = :slot_id AND released_at IS NULL
GROUP BY during;

-- name: free_crew(starts_at, ends_at, size)
-- The least booked crew members who are free for the whole time.
SELECT m.badge_id
FROM crew_members m
WHERE m.active AND NOT EXISTS (
    SELECT FROM visit_crew k
    WHERE k.badge_id = m.badge_id AND k.released_at IS NULL
      AND k.during && tstzrange(:starts_at, :ends_at))
ORDER BY (SELECT count(*) FROM visit_crew k
          WHERE k.badge_id = m.badge_id AND k.released_at IS NULL), m.badge_id
LIMIT :size;

-- name: book_crew(visit_id, slot_id, badge_id, starts_at, ends_at)*!
INSERT INTO visit_crew (visit_id, slot_id, badge_id, during)
VALUES (:visit_id, :slot_id, :badge_id, tstzrange(:starts_at, :ends_at));

-- name: set_slot(visit_id, slot_id, starts_at, ends_at)!
UPDATE visits SET status = 'approved', slot_id = :slot_id, slot = tstzrange(:starts_at, :ends_at),
                  notice_sent_at = NULL, confirmed_at = NULL, dossier = NULL
WHERE visit_id = :visit_id;

-- name: release_crew(visit_id, now)!
UPDATE visit_crew SET released_at = :now WHERE visit_id = :visit_id AND released_at IS NULL;

-- name: clear_slot(visit_id)!
UPDATE visits SET status = 'approved', slot_id = NULL, slot = NULL, notice_sent_at = NULL,
                  confirmed_at = NULL, dossier = NULL
WHERE visit_id = :visit_id AND ended_at IS NULL AND approved_at IS NOT NULL
  AND checked_in_at IS NULL;  -- a visit that has begun keeps the proof of how it was arranged

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
             FROM borrowers b, loan_debt(l.loan_id, (:now::timestamptz AT TIME ZONE b.time_zone)::date) d
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

-- name: add_crew_member(badge_id, full_name)*!
INSERT INTO crew_members (badge_id, full_name) VALUES (:badge_id, :full_name)
ON CONFLICT (badge_id) DO UPDATE SET full_name = excluded.full_name, active = true;
