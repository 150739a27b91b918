-- name: lock_borrower(loan_id)$
-- Whoever reserves a contact waits for this: after a payment or a hold is on record, no contact
-- is reserved on what was known before. It also lets two tries of one write answer alike.
SELECT b.borrower_id FROM loans l JOIN borrowers b USING (borrower_id)
WHERE l.loan_id = :loan_id FOR UPDATE OF b;

-- name: note_event(loan_id, now)!
UPDATE borrowers SET last_event_at = :now, revision = revision + 1
WHERE borrower_id = (SELECT borrower_id FROM loans WHERE loan_id = :loan_id);

-- name: verified_sender(loan_id, event_id, name, ticket)$
-- Who sent an event by the front door: the delivery names the ticket under which it was kept.
SELECT key_id FROM inbox WHERE ticket = :ticket AND loan_id = :loan_id AND event_id = :event_id
  AND name = :name;

-- name: loan_at_rest(loan_id, attempt_id)^
-- What an event of a loan without an open case is judged by. The case is that of the call it names.
SELECT l.borrower_id, l.lender, l.currency, b.time_zone,
       EXISTS (SELECT FROM collection_cases c
               WHERE c.loan_id = l.loan_id AND c.closed_at IS NULL) AS has_open_case,
       (SELECT a.case_id FROM contact_attempts a
        WHERE a.attempt_id = :attempt_id AND a.loan_id = l.loan_id) AS case_of_call,
       (SELECT coalesce(json_agg(json_build_object(
                   'complaint_id', o.complaint_id, 'filed_at', o.filed_at,
                   'answer_due_at', o.answer_due_at, 'extensions', (
                       SELECT count(*) FROM complaint_extensions x
                       WHERE x.loan_id = o.loan_id AND x.complaint_id = o.complaint_id))), '[]')
        FROM complaints o WHERE o.loan_id = l.loan_id AND o.resolved_at IS NULL)::text AS complaints
FROM loans l JOIN borrowers b USING (borrower_id) WHERE l.loan_id = :loan_id;

-- name: known_event(loan_id, event_id, receipt)^
-- What was refused because its other half is missing may come again: then only its own retry knows it.
SELECT name, body::text AS body, accepted, reason, receipt, may_come_again FROM case_events
WHERE loan_id = :loan_id AND event_id = :event_id AND (NOT may_come_again OR receipt = :receipt);

-- name: append_event(case_id, loan_id, event_id, name, source, occurred_at, received_at, stage, accepted, reason, may_come_again, body, receipt, judged_at, sent_by)!
INSERT INTO case_events (case_id, loan_id, event_id, name, source, occurred_at, received_at,
                         stage, accepted, reason, may_come_again, body, receipt, judged_at, sent_by)
VALUES (:case_id, :loan_id, :event_id, :name, :source, :occurred_at, :received_at,
        :stage, :accepted, :reason, :may_come_again, :body::jsonb, :receipt, :judged_at, :sent_by)
ON CONFLICT DO NOTHING;

-- name: propose_plan(plan_id, case_id, event_id, proposed)!
INSERT INTO proposed_plans (plan_id, case_id, event_id, proposed)
VALUES (:plan_id, :case_id, :event_id, :proposed::jsonb)
ON CONFLICT (plan_id) DO NOTHING;

-- name: known_payment(payment_id, loan_id)^
SELECT amount_minor, reversed_at, kind = 'waiver' AS is_waiver
FROM payments WHERE payment_id = :payment_id AND loan_id = :loan_id;

-- name: is_payment_of_another(payment_id, loan_id)$
-- A transfer may be allocated to several loans of one borrower; it is not of two people.
SELECT EXISTS (SELECT FROM payments p JOIN loans o ON o.loan_id = p.loan_id
               JOIN loans l ON l.loan_id = :loan_id
               WHERE p.payment_id = :payment_id AND o.borrower_id <> l.borrower_id);

-- name: add_payment(payment_id, loan_id, amount_minor, received_at, recorded_at, source)!
INSERT INTO payments (payment_id, loan_id, amount_minor, kind, received_at, recorded_at, source)
VALUES (:payment_id, :loan_id, :amount_minor, 'payment', :received_at, :recorded_at, :source);

-- name: is_reversal_known(payment_id, loan_id)$
-- From an event; a ledger may have written the reversal itself before it sends one.
SELECT EXISTS (SELECT FROM case_events
               WHERE loan_id = :loan_id AND name = 'payment_reversed' AND accepted
                 AND body ->> 'payment_id' = :payment_id);

-- name: reverse_payment(payment_id, loan_id, now)!
UPDATE payments SET reversed_at = :now WHERE payment_id = :payment_id AND loan_id = :loan_id;

-- name: add_promise(promise_id, case_id, loan_id, amount_minor, due_on, now)!
INSERT INTO promises (promise_id, case_id, loan_id, amount_minor, due_on, made_at)
VALUES (:promise_id, :case_id, :loan_id, :amount_minor, :due_on, :now);

-- name: finish_call(attempt_id, loan_id, outcome, duration_s, recording_id, now)^
-- Whichever case of the loan it was made in: its report may come when that one has ended. Of a call
-- of which the provider could not tell whether it was made, the report does; and it says more than a
-- receipt, which knows only that somebody answered. Said again, it brings the recording that was
-- missing, and nothing else.
UPDATE contact_attempts a
SET outcome = :outcome::text, recording_id = :recording_id::text,
    outcome_at = CASE WHEN outcome = :outcome THEN outcome_at ELSE :now END,
    duration_s = CASE WHEN outcome = :outcome THEN duration_s ELSE :duration_s END
FROM phones p
WHERE p.phone_id = a.phone_id AND attempt_id = :attempt_id AND loan_id = :loan_id AND channel = 'call'
  AND (outcome IS NULL
       OR a.status = 'unknown' AND outcome NOT IN ('connected', 'no_answer', 'busy', 'invalid_number',
                                                   'refused', 'wrong_person')
       OR a.status = 'sent' AND NOT EXISTS (
           SELECT FROM case_events e
           WHERE e.loan_id = a.loan_id AND e.name = 'call_finished' AND e.accepted
             AND e.body ->> 'attempt_id' = a.attempt_id)
       OR outcome = :outcome AND recording_id IS NULL AND :recording_id::text IS NOT NULL)
RETURNING p.phone_id, p.relation;

-- name: phone_of_loan(loan_id, phone_id)^
-- Any number that is kept of the loan's borrower: their own, or a contact person's.
SELECT p.phone_id, p.relation, p.status FROM phones p JOIN loans l USING (borrower_id)
WHERE l.loan_id = :loan_id AND p.phone_id = :phone_id;

-- name: mark_phone(phone_id, status, now)!
-- Under whatever entry the number is, and for good: what is said later can only weigh more. A
-- contact person who refuses does so as such: the number may also be the borrower's own.
UPDATE phones p SET status = :status, status_at = :now
FROM phones named
WHERE named.phone_id = :phone_id AND p.borrower_id = named.borrower_id AND p.number = named.number
  AND (:status <> 'refused' OR named.relation = 'self' OR p.relation = 'contact_person')
  AND CASE p.status WHEN 'usable' THEN true WHEN 'invalid' THEN :status <> 'invalid'
                    WHEN 'wrong_person' THEN :status = 'refused' ELSE false END;

-- name: confirm_phone(phone_id, confirmed_by, confirmed_at)!
INSERT INTO phone_confirmations (phone_id, confirmed_by, confirmed_at)
VALUES (:phone_id, :confirmed_by, :confirmed_at)
ON CONFLICT (phone_id, confirmed_by) DO UPDATE
SET confirmed_at = least(phone_confirmations.confirmed_at, excluded.confirmed_at);

-- name: keep_reply(reply_id, phone_id, text, received_at)!
INSERT INTO replies (reply_id, phone_id, text, received_at)
VALUES (:reply_id, :phone_id, :text, :received_at)
ON CONFLICT DO NOTHING;

-- name: reply_to_loan(reply_id, loan_id)^
SELECT r.phone_id, r.text, r.read_at, p.relation
FROM replies r JOIN phones p USING (phone_id) JOIN loans l USING (borrower_id)
WHERE r.reply_id = :reply_id AND l.loan_id = :loan_id;

-- name: note_reply(reply_id, read_as, now)!
UPDATE replies SET read_as = :read_as, read_at = :now WHERE reply_id = :reply_id;

-- name: keep_conversation(loan_id, conversation_id, phone_id, held_at, now, duration_s, recording_id, identity_confirmed)^
-- Said again, it brings the recording that was missing, and nothing else.
INSERT INTO conversations (loan_id, conversation_id, borrower_id, phone_id, held_at, recorded_at,
                           duration_s, recording_id, identity_confirmed)
SELECT loan_id, :conversation_id, borrower_id, :phone_id, :held_at, :now, :duration_s,
       :recording_id, :identity_confirmed
FROM loans WHERE loan_id = :loan_id
ON CONFLICT (loan_id, conversation_id) DO UPDATE SET recording_id = excluded.recording_id
WHERE conversations.recording_id IS NULL AND excluded.recording_id IS NOT NULL
RETURNING conversation_id;

-- name: place_hold(loan_id, hold_id, reason, until, now)^
INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at, until)
SELECT loan_id, :hold_id, borrower_id, :reason, :now, :until FROM loans WHERE loan_id = :loan_id
ON CONFLICT (loan_id, hold_id) DO NOTHING
RETURNING hold_id;

-- name: holds_meant(loan_id, hold_id, now)
-- What a release may mean: the loan's own hold. Where it never had one of that name, a hold that is
-- in force on another loan of the borrower with its lender, whose own case may have ended.
SELECT h.loan_id, h.complaint_id IS NOT NULL AS is_of_complaint, h.released_at IS NULL AS is_in_force
FROM loans l JOIN loans other USING (borrower_id, lender) JOIN holds h ON h.loan_id = other.loan_id
WHERE l.loan_id = :loan_id AND h.hold_id = :hold_id
  AND (h.loan_id = l.loan_id OR h.released_at IS NULL AND coalesce(h.until > :now, true)
       AND NOT EXISTS (
      SELECT FROM holds own WHERE own.loan_id = l.loan_id AND own.hold_id = h.hold_id));

-- name: release_hold(loan_id, hold_id, now)!
UPDATE holds SET released_at = :now WHERE loan_id = :loan_id AND hold_id = :hold_id;

-- name: file_complaint(loan_id, complaint_id, case_id, about, handler_id, filed_at, answer_due_at)^
INSERT INTO complaints (loan_id, complaint_id, case_id, about, handler_id, filed_at,
                        answer_due_at)
VALUES (:loan_id, :complaint_id, :case_id, :about, :handler_id, :filed_at, :answer_due_at)
ON CONFLICT (loan_id, complaint_id) DO NOTHING
RETURNING complaint_id;

-- name: resolve_complaint(loan_id, complaint_id, upheld, remedy, handler_id, now)^
UPDATE complaints SET resolved_at = :now, upheld = :upheld, remedy = :remedy,
                      handler_id = coalesce(:handler_id, handler_id)
WHERE loan_id = :loan_id AND complaint_id = :complaint_id AND resolved_at IS NULL
RETURNING complaint_id;

-- name: wishes_said(loan_id)^
-- When the wishes that bind were said.
SELECT b.channels_said_at AS blocked_channels, b.phones_said_at AS blocked_phone_ids,
       b.hours_said_at AS agreed_hours
FROM loans l JOIN borrowers b USING (borrower_id) WHERE l.loan_id = :loan_id;

-- name: change_preferences(loan_id, blocked_channels, agreed_hours, are_phones_given, said_at)$
-- What is not given stays as it was wished.
UPDATE borrowers b
SET blocked_channels = coalesce(:blocked_channels::text[], b.blocked_channels),
    agreed_hours = coalesce(:agreed_hours::jsonb, b.agreed_hours),
    channels_said_at = CASE WHEN :blocked_channels::text[] IS NULL THEN b.channels_said_at
                            ELSE :said_at END,
    hours_said_at = CASE WHEN :agreed_hours::jsonb IS NULL THEN b.hours_said_at ELSE :said_at END,
    phones_said_at = CASE WHEN :are_phones_given THEN :said_at ELSE b.phones_said_at END
FROM loans l WHERE l.loan_id = :loan_id AND b.borrower_id = l.borrower_id
RETURNING b.borrower_id;

-- name: block_phones(borrower_id, phone_ids, now)!
-- Under whatever entry a blocked number is. A contact person's stays blocked: it may have been their
-- own wish, and the borrower's next one does not undo it.
UPDATE phones p
SET blocked_at = CASE WHEN EXISTS (
        SELECT FROM phones named
        WHERE named.borrower_id = p.borrower_id AND named.number = p.number
          AND named.phone_id = ANY (:phone_ids::text[])) THEN coalesce(p.blocked_at, :now)
    WHEN p.relation = 'contact_person' THEN p.blocked_at END
WHERE p.borrower_id = :borrower_id;

-- name: unknown_phones(borrower_id, phone_ids)$
SELECT string_agg(asked.phone_id, ', ') FROM unnest(:phone_ids::text[]) AS asked (phone_id)
WHERE NOT EXISTS (SELECT FROM phones p
                  WHERE p.phone_id = asked.phone_id AND p.borrower_id = :borrower_id);

-- name: pin_policy(case_id, version)!
UPDATE collection_cases SET policy_version = :version WHERE case_id = :case_id;

-- name: is_adoption_overtaken(case_id, occurred_at)$
-- Another adoption was decided on later, and is on record already.
SELECT EXISTS (SELECT FROM case_events WHERE case_id = :case_id AND name = 'policy_adopted'
               AND accepted AND occurred_at > :occurred_at);

-- name: policy_exists(version)$
SELECT EXISTS (SELECT FROM policies WHERE version = :version);

-- name: add_visit(visit_id, case_id, loan_id, address_id, applicant, applicant_id, visit_code, now)!
INSERT INTO visits (visit_id, case_id, loan_id, address_id, status, applicant, applicant_id,
                    visit_code, requested_at)
VALUES (:visit_id, :case_id, :loan_id, :address_id, 'requested', :applicant, :applicant_id,
        :visit_code, :now);

-- name: approve_visit(visit_id, approver_id, now, expires_at)!
WITH approved AS (
    UPDATE visits SET status = 'approved', approver_id = :approver_id, approved_at = :now,
                      approval_expires_at = :expires_at
    WHERE visit_id = :visit_id
    RETURNING loan_id
)
INSERT INTO visit_approvals (visit_id, approver_id, approved_at, expires_at, arrears_minor)
SELECT :visit_id, :approver_id, :now, :expires_at, d.arrears_minor
FROM approved JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
CROSS JOIN LATERAL loan_debt(l, (:now::timestamptz AT TIME ZONE b.time_zone)::date) d;

-- name: end_approval(visit_id, reason, now)!
UPDATE visit_approvals SET ended_at = :now, ended_because = :reason
WHERE visit_id = :visit_id AND ended_at IS NULL;

-- name: reject_visit(visit_id, approver_id, now)!
UPDATE visits SET status = 'rejected', approver_id = :approver_id, ended_at = :now,
                  ended_reason = 'rejected by the approver'
WHERE visit_id = :visit_id;

-- name: confirm_appointment(visit_id, now)!
UPDATE visits SET status = 'confirmed', confirmed_at = :now WHERE visit_id = :visit_id;

-- name: holds_at(loan_id, moment)$
-- Why the borrower was to be left in peace at a moment, on whichever loan; NULL when nothing held.
SELECT array_agg(DISTINCT h.reason ORDER BY h.reason)
FROM loans l JOIN holds h USING (borrower_id)
WHERE l.loan_id = :loan_id AND h.placed_at <= :moment
  AND (h.released_at IS NULL OR h.released_at > :moment) AND (h.until IS NULL OR h.until > :moment);

-- name: was_called_off(visit_id, moment)$
-- Whether the crew had been freed by a moment, by a hold that is over, and nobody had come before.
SELECT coalesce(bool_and(k.released_at IS NOT NULL AND k.released_at <= :moment), false)
FROM visits v JOIN visit_crew k USING (visit_id, slot_id)
WHERE v.visit_id = :visit_id AND v.arrived_at IS NULL;

-- name: check_in(visit_id, occurred_at, now, identity_verified, identity_method, entry_consent, filming_consent, recording_id)!
-- The first time counts; a crew that could not verify the identity at once may do so later.
UPDATE visits SET status = 'checked_in', checked_in_at = coalesce(checked_in_at, :now),
                  arrived_at = coalesce(arrived_at, :occurred_at),
                  identity_verified = :identity_verified, identity_method = :identity_method,
                  entry_consent = :entry_consent, filming_consent = :filming_consent, recording_id = :recording_id
WHERE visit_id = :visit_id;

-- name: complaints_told_of(visit_id)
-- Whose desk was told that the appointment of this visit is off, and of which loan and case: the
-- complaint may be about another loan of the borrower.
SELECT DISTINCT n.body ->> 'complaint_id' AS complaint_id, lower(v.slot) AS starts_at,
       other.loan_id, n.case_id
FROM visits v JOIN loans l ON l.loan_id = v.loan_id
JOIN loans other ON other.borrower_id = l.borrower_id AND other.lender = l.lender
JOIN staff_notices n ON n.loan_id = other.loan_id OR n.case_id IN (
    SELECT c.case_id FROM collection_cases c WHERE c.loan_id = other.loan_id)
WHERE v.visit_id = :visit_id AND n.audience = 'complaint_desk'
  AND n.body ->> 'visit_called_off' = 'true'
  AND coalesce(n.body ->> 'visit_loan_id', other.loan_id) = v.loan_id
  AND (n.body ->> 'visit_starts_at')::timestamptz = lower(v.slot);

-- name: arrived_at(visit_id)$
SELECT arrived_at FROM visits WHERE visit_id = :visit_id;

-- name: report_visit(visit_id, occurred_at, now, outcome, willingness, capacity, proposal, filmed_inside)!
UPDATE visits SET outcome = :outcome, willingness = :willingness, capacity = :capacity::jsonb,
                  proposal = :proposal::jsonb, filmed_inside = :filmed_inside, left_at = :occurred_at, reported_at = :now
WHERE visit_id = :visit_id;

-- name: mark_address_wrong(visit_id)!
UPDATE addresses a SET status = 'wrong' FROM visits v
WHERE v.visit_id = :visit_id AND a.address_id = v.address_id;
