-- The audit of contacts: G1 to G5, and G13. Every statement answers with the rows that break a guarantee;
-- none asks the functions or the code that enforce it.
--
-- A row that shares its instant with another cannot be put in order, and is not held against us.
--
-- When a payment was booked says nothing of when it came on record: a ledger fills `recorded_at` itself.
-- A payment was there for certain before a case that was opened after it, by its number, and before
-- the event that told of it.

-- name: audit_paid_in_peace(now)
-- G1: no contact was reserved after the arrears were paid, but for the closing notice. What was
-- owed at that moment is reckoned from the payments, the charges and the schedule alone; of payments
-- that nobody had told of, the facts of the attempt show whether they were seen.
SELECT a.attempt_id AS subject,
       concat(a.template, ' by ', a.channel, ' at ', a.reserved_at, ' on loan ', a.loan_id,
              ': nothing was overdue', CASE WHEN seen.arrears_minor = 0 THEN ' by the facts' END)
           AS what
FROM contact_attempts a
JOIN loans l USING (loan_id)
JOIN borrowers b ON b.borrower_id = l.borrower_id
CROSS JOIN LATERAL (
    SELECT (a.facts ->> 'arrears_minor')::bigint AS arrears_minor, greatest(
        (SELECT c.opened_after FROM collection_cases c WHERE c.case_id = a.case_id),
        (SELECT max(p.sequence) FROM payments p JOIN case_events e USING (loan_id)
         WHERE p.loan_id = a.loan_id AND e.name = 'payment_received' AND e.accepted
           AND e.body ->> 'payment_id' = p.payment_id AND e.received_at < a.reserved_at)) AS until
) AS seen
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.amount_minor), 0) AS minor FROM payments p
    WHERE p.loan_id = a.loan_id
      AND CASE p.kind WHEN 'payment' THEN p.sequence <= seen.until
                      ELSE p.recorded_at < a.reserved_at END
      AND (p.reversed_at IS NULL OR p.reversed_at > a.reserved_at)) AS paid
CROSS JOIN LATERAL (
    SELECT coalesce(sum(i.amount_minor), 0) AS minor FROM loan_instalments i
    WHERE i.loan_id = a.loan_id
      AND i.due_on < (a.reserved_at AT TIME ZONE b.time_zone)::date) AS due
CROSS JOIN LATERAL (
    SELECT coalesce(sum(c.amount_minor), 0) AS minor FROM loan_charges c
    WHERE c.loan_id = a.loan_id AND c.charged_at < a.reserved_at) AS charged
WHERE a.purpose <> 'closing' AND a.reserved_at <= :now
  AND (due.minor + charged.minor - paid.minor <= l.arrears_tolerance_minor OR seen.arrears_minor = 0)
ORDER BY a.reserved_at;

-- name: audit_one_closing_notice(now)
-- G1: an end is told once. Only a reversed payment lets a case end a second time.
SELECT a.case_id AS subject,
       concat(count(*), ' closing notices, the last at ', max(a.reserved_at)) AS what
FROM contact_attempts a
WHERE a.purpose = 'closing' AND a.status <> 'failed' AND a.reserved_at <= :now
GROUP BY a.case_id, a.loan_id
HAVING count(*) > 1 + (SELECT count(*) FROM payments p
                       WHERE p.loan_id = a.loan_id AND p.reversed_at IS NOT NULL);

-- name: audit_permitted_hours(now)
-- G2: reserved and sent within the hours of the policy the attempt was decided under, on the
-- borrower's own clock.
WITH limits AS MATERIALIZED (SELECT * FROM audit_hours)
SELECT a.attempt_id AS subject,
       concat(a.template, ' by ', a.channel, ' ', moment.of, ' at ', moment.local, ' in ',
              b.time_zone, '; permitted from ', l.opens, ' to ', l.closes, ' by ',
              a.policy_version) AS what
FROM contact_attempts a
JOIN borrowers b USING (borrower_id)
LEFT JOIN limits l ON l.version = a.policy_version AND l.channel = a.channel
CROSS JOIN LATERAL (VALUES
    ('reserved', a.reserved_at AT TIME ZONE b.time_zone),
    ('sent', a.sent_at AT TIME ZONE b.time_zone)) AS moment (of, local)
WHERE a.reserved_at <= :now AND moment.local IS NOT NULL
  AND (moment.local::time >= l.opens AND moment.local::time < l.closes
       OR moment.local::date NOT BETWEEN l.effective_from AND l.effective_until) IS NOT TRUE
ORDER BY a.reserved_at;

-- name: audit_caps(now)
-- G3: no counter of the attempt's policy was full before it: by borrower over all loans, by number
-- or by loan; on the borrower's own days or in a window that rolls. Of a call that nobody has
-- reported back, or whose report leaves it open, either is assumed.
WITH counters AS MATERIALIZED (
    SELECT * FROM audit_counters
), counting AS (
    SELECT a.*, (a.reserved_at AT TIME ZONE b.time_zone)::date AS day, b.time_zone
    FROM contact_attempts a JOIN borrowers b USING (borrower_id)
    WHERE a.status <> 'failed' AND a.reserved_at <= :now
)
SELECT a.attempt_id AS subject,
       concat(a.template, ' by ', a.channel, ' to ', a.phone_id, ' at ', a.reserved_at, ' after ',
              earlier.number, ' ', c.counted, ' of this ', c.scope, '; ', c.allowed,
              ' allowed by ', c.rule_id, ' of ', a.policy_version) AS what
FROM counting a
JOIN counters c ON c.version = a.policy_version
     AND a.channel = coalesce(c.channel, a.channel)
     AND (c.purposes = '[]' OR c.purposes ? a.purpose)
     AND a.day BETWEEN c.effective_from AND c.effective_until
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM contact_attempts e
    WHERE e.borrower_id = a.borrower_id AND e.status <> 'failed'
      AND (e.reserved_at, e.attempt_id) < (a.reserved_at, a.attempt_id)
      AND e.reserved_at > a.reserved_at - c.span
      AND (c.calendar_days IS NULL
           OR (e.reserved_at AT TIME ZONE a.time_zone)::date > a.day - c.calendar_days)
      AND e.channel = coalesce(c.channel, e.channel)
      AND (c.purposes = '[]' OR c.purposes ? e.purpose)
      -- A number is one number, whichever of its entries was called.
      AND (c.scope <> 'phone' OR e.phone_id = a.phone_id OR EXISTS (
          SELECT FROM phones one JOIN phones other USING (borrower_id, number)
          WHERE one.phone_id = a.phone_id AND other.phone_id = e.phone_id))
      AND (c.scope <> 'loan' OR e.loan_id = a.loan_id)
      AND CASE c.counted
          WHEN 'connected' THEN
              coalesce(e.outcome NOT IN ('no_answer', 'busy', 'invalid_number', 'wrong_person'), true)
          WHEN 'unanswered' THEN coalesce(e.outcome <> 'connected', true)
          ELSE true END) AS earlier
WHERE (earlier.number < c.allowed) IS NOT TRUE
ORDER BY a.reserved_at, a.attempt_id;

-- name: audit_holds(now)
-- G4: no contact was reserved while a hold was in force on any loan of the borrower.
SELECT a.attempt_id AS subject,
       concat(a.template, ' by ', a.channel, ' at ', a.reserved_at, ' during the hold ', h.hold_id,
              ' (', h.reason, ') on loan ', h.loan_id) AS what
FROM contact_attempts a JOIN holds h USING (borrower_id)
WHERE a.reserved_at <= :now AND h.placed_at < a.reserved_at
  AND (h.released_at IS NULL OR h.released_at > a.reserved_at)
  AND (h.until IS NULL OR h.until > a.reserved_at)
ORDER BY a.reserved_at;

-- name: audit_preferences(now)
-- G4: no contact against what the borrower wished then: a blocked number, a blocked channel, or
-- other hours; and no visit of whoever wanted none, when the crew came and when it was heard of. The
-- wishes of the past are read from the events that brought them; what was said
-- before the wish in force came too late to count.
WITH said AS (
    SELECT l.borrower_id, about, e.body -> about AS wish, e.received_at, e.sequence, at.occurred_at,
           max(at.occurred_at) OVER (
               PARTITION BY l.borrower_id, about ORDER BY e.received_at, e.sequence
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS said_before
    FROM case_events e JOIN loans l USING (loan_id)
    -- Nothing was said later than it was heard of: the sender's clock runs ahead.
    CROSS JOIN LATERAL (VALUES (least(e.occurred_at, e.received_at))) AS at (occurred_at)
    CROSS JOIN (VALUES ('blocked_channels'), ('agreed_hours')) AS fields (about)
    WHERE e.name = 'contact_preferences_changed' AND e.accepted AND e.received_at <= :now
      AND jsonb_typeof(e.body -> about) = 'array'
),
wishes AS (
    SELECT borrower_id, about, wish, received_at AS since,
           lead(received_at) OVER (PARTITION BY borrower_id, about
                                    ORDER BY received_at, sequence) AS until
    FROM said WHERE coalesce(occurred_at >= said_before, true)
)
SELECT a.attempt_id AS subject,
       concat('by ', a.channel, ' at ', a.reserved_at, ' to ', a.phone_id,
              ', a number blocked since ', p.blocked_at) AS what
FROM contact_attempts a JOIN phones p USING (phone_id)
WHERE a.reserved_at <= :now AND p.blocked_at < a.reserved_at
UNION ALL
SELECT a.attempt_id,
       concat('by ', a.channel, ' at ', local, ' in ', b.time_zone, ', against the wish of ',
              w.since, ': ', problem.wish)
FROM contact_attempts a
JOIN borrowers b USING (borrower_id)
JOIN wishes w ON w.borrower_id = a.borrower_id AND w.since < a.reserved_at
     AND (w.until IS NULL OR a.reserved_at < w.until)
CROSS JOIN LATERAL (VALUES (a.reserved_at AT TIME ZONE b.time_zone)) AS at (local)
CROSS JOIN LATERAL (VALUES
    (w.about = 'blocked_channels' AND w.wish ? a.channel, concat('no ', a.channel)),
    (w.about = 'blocked_channels' AND w.wish ? 'visit'
     AND a.template IN ('visit_invitation', 'visit_appointment', 'visit_reminder'), 'no visit'),
    ((SELECT NOT bool_or(local::time >= (hours ->> 'start')::time
                         AND local::time < (hours ->> 'end')::time)
      FROM jsonb_array_elements(w.wish) AS hours
      WHERE w.about = 'agreed_hours' AND coalesce((hours ->> 'until')::timestamptz > a.reserved_at, true)),
     concat('only ', w.wish))
) AS problem (is_broken, wish)
WHERE a.reserved_at <= :now AND problem.is_broken
UNION ALL
SELECT v.visit_id, concat('visited at ', v.arrived_at, ', against the wish of ', w.since, ': no visit')
FROM visits v
JOIN loans l USING (loan_id)
JOIN wishes w ON w.borrower_id = l.borrower_id AND w.about = 'blocked_channels'
     AND w.since < least(v.arrived_at, v.checked_in_at)
     AND (w.until IS NULL OR w.until > greatest(v.arrived_at, v.checked_in_at))
WHERE v.checked_in_at <= :now AND w.wish ? 'visit'
UNION ALL
-- What is kept is the wish that came last, and another was said later.
SELECT late.borrower_id, concat('the wish of ', late.occurred_at, ' is in force, ', late.wish,
                                '; it was overtaken by that of ', binding.occurred_at)
FROM said late
JOIN borrowers b USING (borrower_id)
CROSS JOIN LATERAL (
    SELECT s.occurred_at, s.wish FROM said s
    WHERE s.borrower_id = late.borrower_id AND s.about = late.about
    ORDER BY s.occurred_at DESC, s.sequence DESC LIMIT 1) AS binding
CROSS JOIN LATERAL (VALUES (
    CASE late.about WHEN 'agreed_hours' THEN b.agreed_hours
                    ELSE to_jsonb(b.blocked_channels) END)) AS kept (wish)
WHERE late.occurred_at < late.said_before
  AND kept.wish @> late.wish AND kept.wish <@ late.wish
  AND NOT (kept.wish @> binding.wish AND kept.wish <@ binding.wish);

-- name: audit_sent_once(now)
-- G5: one intent, one attempt; one attempt, one message; no message without an attempt.
SELECT intent_key AS subject, concat(count(*), ' attempts for one intent') AS what
FROM contact_attempts WHERE reserved_at <= :now
GROUP BY intent_key HAVING count(*) > 1
UNION ALL
SELECT reference, concat(count(*), ' messages for one attempt')
FROM simulated_outbox WHERE sent_at <= :now
GROUP BY reference HAVING count(*) > 1
UNION ALL
SELECT o.reference, 'a message without an attempt'
FROM simulated_outbox o
WHERE o.sent_at <= :now
  AND NOT EXISTS (SELECT FROM contact_attempts a WHERE a.attempt_id = o.reference)
UNION ALL
SELECT o.reference, concat('a message of an attempt on record as ', a.status)
FROM simulated_outbox o JOIN contact_attempts a ON a.attempt_id = o.reference
WHERE o.sent_at <= :now AND a.status = 'failed';

-- Only policies that ask whose number it is are held to G13: what was decided before there were such
-- rules was decided by others.

-- name: audit_right_party(now)
-- G13: no message told of the debt or of a visit at a number that nothing had confirmed by then of
-- what the policy takes: the attempt's own, or the one that was current.
SELECT a.attempt_id AS subject,
       concat(a.template, ' by sms at ', a.reserved_at, ' to ', a.phone_id,
              ', a number that nobody had confirmed; ', k.version, ' asks for it') AS what
FROM contact_attempts a
JOIN phones p USING (phone_id)
JOIN borrowers b ON b.borrower_id = a.borrower_id
JOIN audit_right_party k ON k.version = a.policy_version OR k.version = a.current_policy
     AND k.effective_from <= (a.reserved_at AT TIME ZONE b.time_zone)::date
WHERE a.channel = 'sms' AND a.status <> 'failed' AND a.reserved_at <= :now
  AND a.template NOT IN ('first_message', 'locate_message')
  AND NOT EXISTS (
      SELECT FROM phones s JOIN phone_confirmations c ON c.phone_id = s.phone_id
      WHERE s.borrower_id = p.borrower_id AND s.number = p.number AND s.relation = 'self'
        AND c.confirmed_at <= a.reserved_at AND k.confirmed_by ? c.confirmed_by)
ORDER BY a.reserved_at, a.attempt_id;

-- name: audit_left_alone(now)
-- G13: nothing more to a number whose owner has said *not me* or *stop*, or that does not exist;
-- by what is kept of the number, and by the events alone, under whatever entry.
SELECT a.attempt_id AS subject,
       concat(a.template, ' by ', a.channel, ' at ', a.reserved_at, ' to ', a.phone_id, ', ',
              p.status, ' since ', p.status_at) AS what
FROM contact_attempts a JOIN phones p USING (phone_id)
WHERE a.status <> 'failed' AND a.reserved_at <= :now
  AND p.status <> 'usable' AND p.status_at < a.reserved_at
UNION ALL
SELECT a.attempt_id,
       concat(a.template, ' by ', a.channel, ' at ', a.reserved_at, ' to ', a.phone_id,
              ', reported as ', e.body ->> 'status', ' at ', e.received_at)
FROM case_events e
JOIN phones named ON named.phone_id = e.body ->> 'phone_id'
JOIN phones p ON p.borrower_id = named.borrower_id AND p.number = named.number
JOIN contact_attempts a ON a.borrower_id = p.borrower_id AND a.phone_id = p.phone_id
     AND a.reserved_at > e.received_at
WHERE e.name = 'phone_reported' AND e.accepted AND a.status <> 'failed' AND a.reserved_at <= :now
  AND (e.body ->> 'status' <> 'refused' OR named.relation = 'self' OR p.relation <> 'self');

-- name: audit_contact_persons(now)
-- G13: a contact person was asked for a word and nothing else; while nothing the borrower had done of
-- late showed that they could be reached, and after calls had failed to each number that could be
-- tried, on days before. Numbers of which it is not known since when they are dead are left out.
SELECT a.attempt_id AS subject,
       concat(a.template, ' by ', a.channel, ' at ', a.reserved_at, ' to the contact person ',
              a.phone_id, ': ', problem.what) AS what
FROM contact_attempts a
JOIN phones friend ON friend.phone_id = a.phone_id AND friend.relation = 'contact_person'
JOIN borrowers b ON b.borrower_id = a.borrower_id
JOIN audit_right_party k ON k.version = a.policy_version
CROSS JOIN LATERAL (VALUES
    (date_trunc('day', a.reserved_at AT TIME ZONE b.time_zone) AT TIME ZONE b.time_zone,
     a.reserved_at - make_interval(hours => 24 * k.look_back_days))) AS span (until, since)
CROSS JOIN LATERAL (
    SELECT 'it asks for more than a word' AS what WHERE a.purpose <> 'locate'
    UNION ALL
    SELECT concat('the borrower has paid at ', p.received_at)
    FROM payments p JOIN loans l USING (loan_id)
    WHERE l.borrower_id = a.borrower_id AND p.kind = 'payment' AND p.received_at > span.since
      AND (EXISTS (SELECT FROM collection_cases c
                   WHERE c.loan_id = p.loan_id AND c.opened_after >= p.sequence
                     AND c.opened_at < a.reserved_at)
           OR EXISTS (SELECT FROM case_events e
                      WHERE e.loan_id = p.loan_id AND e.name = 'payment_received' AND e.accepted
                        AND e.body ->> 'payment_id' = p.payment_id
                        AND e.received_at < a.reserved_at))
    UNION ALL
    SELECT concat('by its facts the borrower was heard of at ', heard.at)
    FROM (VALUES ((a.facts ->> 'last_act_at')::timestamptz)) AS heard (at)
    WHERE heard.at > span.since
    UNION ALL
    SELECT concat('the borrower has called at ', c.held_at) FROM conversations c
    WHERE c.borrower_id = a.borrower_id AND c.recorded_at < a.reserved_at
      AND c.held_at > span.since
    UNION ALL
    SELECT concat('the borrower has answered at ', r.received_at)
    FROM replies r JOIN phones own ON own.phone_id = r.phone_id AND own.relation = 'self'
    WHERE own.borrower_id = a.borrower_id AND r.read_as IS DISTINCT FROM 'wrong_person'
      AND r.received_at > span.since AND coalesce(r.read_at, r.received_at) < a.reserved_at
    UNION ALL
    SELECT concat('the borrower was heard of at ', e.occurred_at, ', ', e.name)
    FROM case_events e JOIN loans l USING (loan_id)
    WHERE l.borrower_id = a.borrower_id AND e.accepted AND e.received_at < a.reserved_at
      AND e.occurred_at > span.since
      AND (e.name IN ('promise_made', 'complaint_filed', 'contact_preferences_changed',
                      'borrower_said', 'phone_confirmed', 'appointment_confirmed',
                      'appointment_declined', 'agreement_signed', 'agreement_declined',
                      'renegotiation_requested')
           OR e.name = 'visit_requested' AND e.body ->> 'applicant' = 'borrower')
    UNION ALL
    SELECT concat('the borrower has spoken with a crew at ', v.reported_at)
    FROM visits v JOIN loans l USING (loan_id)
    WHERE l.borrower_id = a.borrower_id AND v.outcome IN ('agreed', 'refused')
      AND v.reported_at > span.since AND v.reported_at < a.reserved_at
    UNION ALL
    SELECT concat('only ', failed.number, ' calls in a row to ', own.phone_id, ' had failed')
    FROM phones own
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE c.reserved_at < span.until) AS number
        FROM contact_attempts c
        WHERE c.borrower_id = a.borrower_id AND c.phone_id = own.phone_id AND c.channel = 'call'
          AND c.status <> 'failed' AND c.reserved_at < a.reserved_at
          AND c.reserved_at > span.since
          AND c.outcome IN ('no_answer', 'busy', 'invalid_number', 'wrong_person')
          AND NOT EXISTS (
              SELECT FROM contact_attempts r
              WHERE r.borrower_id = c.borrower_id AND r.phone_id = c.phone_id
                AND r.channel = 'call' AND r.status <> 'failed'
                AND r.reserved_at BETWEEN c.reserved_at AND a.reserved_at
                AND r.outcome_at < a.reserved_at
                AND r.outcome NOT IN ('no_answer', 'busy', 'invalid_number', 'wrong_person'))
    ) AS failed
    WHERE own.borrower_id = a.borrower_id AND own.relation = 'self'
      AND (own.status = 'usable' OR own.status_at > a.reserved_at)
      AND (own.blocked_at IS NULL OR own.blocked_at > a.reserved_at)
      AND failed.number < k.failed_calls
) AS problem
WHERE a.status <> 'failed' AND a.reserved_at <= :now
ORDER BY a.reserved_at, a.attempt_id;

-- name: audit_conversations(now)
-- G3: no counter that counts conversations which the borrower began was full before an attempt, they
-- among them.
WITH counters AS MATERIALIZED (
    SELECT c.* FROM audit_counters c JOIN policies p USING (version)
    CROSS JOIN LATERAL jsonb_each(p.body #> '{contact,counters}') AS rule
    WHERE rule.value ->> 'id' = c.rule_id AND rule.value #>> '{value,inbound}' = 'true'
)
SELECT a.attempt_id AS subject,
       concat(a.template, ' by ', a.channel, ' at ', a.reserved_at, ' after ', began.number,
              ' conversations that the borrower began and ', ours.number, ' of ours; ', c.allowed,
              ' allowed by ', c.rule_id, ' of ', a.policy_version) AS what
FROM contact_attempts a
JOIN borrowers b ON b.borrower_id = a.borrower_id
CROSS JOIN LATERAL (VALUES ((a.reserved_at AT TIME ZONE b.time_zone)::date)) AS on_ (day)
JOIN counters c ON c.version = a.policy_version AND a.channel = coalesce(c.channel, a.channel)
     AND (c.purposes = '[]' OR c.purposes ? a.purpose)
     AND on_.day BETWEEN c.effective_from AND c.effective_until
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM conversations k
    WHERE k.borrower_id = a.borrower_id AND k.recorded_at < a.reserved_at
      AND k.held_at > a.reserved_at - c.span
      AND (c.calendar_days IS NULL
           OR (k.held_at AT TIME ZONE b.time_zone)::date > on_.day - c.calendar_days)
      AND (c.scope <> 'loan' OR k.loan_id = a.loan_id)) AS began
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM contact_attempts e
    WHERE e.borrower_id = a.borrower_id AND e.status <> 'failed'
      AND (e.reserved_at, e.attempt_id) < (a.reserved_at, a.attempt_id)
      AND e.reserved_at > a.reserved_at - c.span
      AND (c.calendar_days IS NULL
           OR (e.reserved_at AT TIME ZONE b.time_zone)::date > on_.day - c.calendar_days)
      AND e.channel = coalesce(c.channel, e.channel)
      AND (c.purposes = '[]' OR c.purposes ? e.purpose)
      AND (c.scope <> 'loan' OR e.loan_id = a.loan_id)
      AND (c.counted = 'attempts' OR coalesce(
          e.outcome NOT IN ('no_answer', 'busy', 'invalid_number', 'wrong_person'), true))) AS ours
WHERE a.status <> 'failed' AND a.reserved_at <= :now
  AND began.number > 0 AND began.number + ours.number >= c.allowed
ORDER BY a.reserved_at, a.attempt_id;
