-- name: create_tape_lines()#
-- Which line of the running import brought a loan first: finds a loan that a tape has twice
-- without holding a million ids in memory.
CREATE TEMP TABLE IF NOT EXISTS tape_lines (
    loan_id text PRIMARY KEY, line bigint NOT NULL, is_taken boolean NOT NULL DEFAULT false);

-- name: clear_tape_lines()!
TRUNCATE tape_lines;

-- name: note_tape_lines(loan_ids, lines)!
INSERT INTO tape_lines (loan_id, line)
SELECT * FROM unnest(:loan_ids::text[], :lines::bigint[])
ON CONFLICT DO NOTHING;

-- name: first_tape_lines(loan_ids)
SELECT loan_id, line FROM tape_lines WHERE loan_id = ANY (:loan_ids::text[]);

-- name: note_taken_loans(loan_ids)
-- Those of which no earlier row was taken: a loan that a tape has twice is counted once.
UPDATE tape_lines SET is_taken = true
WHERE loan_id = ANY (:loan_ids::text[]) AND NOT is_taken
RETURNING loan_id;

-- name: known_time_zones()
SELECT name FROM pg_timezone_names;

-- name: add_borrowers(borrower_ids, names, languages, time_zones, made_up)
INSERT INTO borrowers (borrower_id, full_name, language, time_zone, is_made_up)
SELECT * FROM unnest(:borrower_ids::text[], :names::text[], :languages::text[],
                     :time_zones::text[], :made_up::boolean[])
ON CONFLICT DO NOTHING
RETURNING borrower_id;

-- name: fill_in_names(borrower_ids, names)!
UPDATE borrowers b SET full_name = told.name
FROM unnest(:borrower_ids::text[], :names::text[]) AS told (borrower_id, name)
WHERE b.borrower_id = told.borrower_id AND b.full_name = '';

-- name: add_phones(phone_ids, borrower_ids, numbers, written, relations)!
-- An id whose number was erased stays with what was said at that number: another number has another.
INSERT INTO phones (phone_id, borrower_id, number, written, relation)
SELECT CASE WHEN starts_with(taken.number, 'erased ') THEN concat(told.phone_id, '-', (
           SELECT count(*) FROM phones p WHERE p.borrower_id = told.borrower_id))
       ELSE told.phone_id END, told.borrower_id, told.number, told.written, told.relation
FROM unnest(:phone_ids::text[], :borrower_ids::text[], :numbers::text[], :written::text[],
            :relations::text[]) AS told (phone_id, borrower_id, number, written, relation)
LEFT JOIN phones taken USING (phone_id)
ON CONFLICT DO NOTHING;

-- name: confirm_tape_phones(borrower_ids, numbers, confirmed_at)!
-- Also numbers that are kept already. The first check counts.
INSERT INTO phone_confirmations (phone_id, confirmed_by, confirmed_at)
SELECT DISTINCT ON (p.phone_id) p.phone_id, 'origination', told.confirmed_at
FROM unnest(:borrower_ids::text[], :numbers::text[], :confirmed_at::timestamptz[])
     AS told (borrower_id, number, confirmed_at)
JOIN phones p ON p.borrower_id = told.borrower_id AND p.number = told.number
     AND p.relation = 'self'
ORDER BY p.phone_id, told.confirmed_at
ON CONFLICT DO NOTHING;

-- name: add_addresses(address_ids, borrower_ids, address_lines, regions)!
INSERT INTO addresses (address_id, borrower_id, line, region)
SELECT CASE WHEN taken.line = '' THEN concat(told.address_id, '-', (
           SELECT count(*) FROM addresses a WHERE a.borrower_id = told.borrower_id))
       ELSE told.address_id END, told.borrower_id, told.line, told.region
FROM unnest(:address_ids::text[], :borrower_ids::text[], :address_lines::text[], :regions::text[])
     AS told (address_id, borrower_id, line, region)
LEFT JOIN addresses taken USING (address_id)
ON CONFLICT DO NOTHING;

-- name: kept_borrowers(borrower_ids)
-- The phone and the address that a tape is compared with are the first ones that are not erased.
SELECT b.borrower_id, b.full_name, b.language, b.time_zone,
       (SELECT number FROM phones p WHERE p.borrower_id = b.borrower_id
          AND p.relation = 'self' AND NOT starts_with(number, 'erased ')
        ORDER BY priority, phone_id LIMIT 1) AS phone,
       ARRAY(SELECT DISTINCT lender FROM loans l WHERE l.borrower_id = b.borrower_id) AS lenders,
       b.is_made_up,
       b.full_name = '' AND EXISTS (SELECT FROM erasures x WHERE x.borrower_id = b.borrower_id
                                      AND x.kind = 'person') AS is_erased,
       (SELECT number FROM phones p WHERE p.borrower_id = b.borrower_id
          AND p.relation = 'contact_person' AND NOT starts_with(number, 'erased ')
        ORDER BY priority, phone_id LIMIT 1) AS contact_person_phone,
       coalesce(a.line, '') AS address, coalesce(a.region, '') AS region
FROM borrowers b LEFT JOIN LATERAL (
    SELECT line, region FROM addresses WHERE borrower_id = b.borrower_id AND line <> ''
    ORDER BY address_id LIMIT 1) a ON true
WHERE b.borrower_id = ANY (:borrower_ids::text[]);

-- name: add_loans(loans)
-- New loans only; a loan that is there stays as it is.
INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor, annual_rate_percent,
                   term_months, status, arrears_tolerance_minor, annual_income_minor, purpose,
                   reported_status, penalty_rate_percent)
SELECT loan_id, borrower_id, lender, currency, principal_minor, annual_rate_percent,
       term_months, status, arrears_tolerance_minor, annual_income_minor, purpose, reported_status,
       penalty_rate_percent
FROM jsonb_to_recordset(:loans::jsonb) AS loan (
    loan_id text, borrower_id text, lender text, currency char(3), principal_minor bigint,
    annual_rate_percent numeric, term_months integer, status text, arrears_tolerance_minor bigint,
    annual_income_minor bigint, purpose text, reported_status text,
    penalty_rate_percent numeric)
ON CONFLICT DO NOTHING
RETURNING loan_id;

-- name: lock_borrowers(borrower_ids)!
-- In a fixed order: two imports at once wait for each other.
SELECT FROM borrowers WHERE borrower_id = ANY (:borrower_ids::text[])
ORDER BY borrower_id FOR UPDATE;

-- name: add_tape_holds(loan_ids, borrower_ids, reasons, now)
-- One a loan and a reason: what a person has released stays so, whatever the tape goes on saying.
INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at)
SELECT loan_id, CASE WHEN EXISTS (
           SELECT FROM holds h WHERE h.loan_id = held.loan_id AND h.hold_id = 'tape'
             AND h.reason <> held.reason) THEN concat('tape-', reason) ELSE 'tape' END,
       borrower_id, reason, :now
FROM unnest(:loan_ids::text[], :borrower_ids::text[], :reasons::text[])
     AS held (loan_id, borrower_id, reason)
ON CONFLICT DO NOTHING
RETURNING loan_id;

-- name: kept_loans(loan_ids)
-- The facts of loans as a tape tells them: contract dates, opening balance.
SELECT l.loan_id, l.borrower_id, l.lender, l.currency, l.principal_minor, l.annual_rate_percent,
       l.penalty_rate_percent,
       l.term_months, l.annual_income_minor, l.purpose, l.reported_status,
       l.status = 'active' AND l.outstanding_minor > 0 AS is_owed,
       EXISTS (SELECT FROM erasures x
               WHERE x.borrower_id = l.borrower_id AND x.kind = 'person') AS was_erased,
       i.installment_minor, i.due_dates,
       coalesce((SELECT amount_minor FROM payments
                 WHERE payment_id = l.loan_id || '-opening' AND kind = 'opening'), 0) AS paid_minor
FROM loans l CROSS JOIN LATERAL (
    SELECT coalesce(min(amount_minor), 0) AS installment_minor,
           coalesce(array_agg(contract_due_on ORDER BY number), '{}') AS due_dates
    FROM loan_instalments WHERE loan_id = l.loan_id) i
WHERE l.loan_id = ANY (:loan_ids::text[]);
