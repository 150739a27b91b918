-- The audit of cases: G6 to G11. Every statement answers with the rows that break a guarantee;
-- none asks the functions or the code that enforce it, but for how two ids of people are compared.
--
-- How many days something may be overdue before it is held against us is the audit's own patience:
-- longer than any outage is meant to last, and nobody's rule.

-- name: audit_visits(now)
-- G6: who was checked in on had an application, an approval in force by another person, a
-- confirmed appointment, a notice long enough before it, and a crew of two or more, also at the door.
-- It came within the hours for visits, while nothing held, and with nobody who had been barred. What
-- came on record after the check-in is not held against it, also where the crew's clock is ahead.
SELECT v.visit_id AS subject, problem.what
FROM visits v
JOIN loans l USING (loan_id)
JOIN borrowers b ON b.borrower_id = l.borrower_id
JOIN collection_cases c USING (case_id)
LEFT JOIN policies p ON p.version = c.policy_version
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE a.channel = 'sms') AS messages,
           count(*) FILTER (WHERE a.channel = 'call') AS calls,
           (p.body #>> '{visit,messages_tried,value}')::integer AS messages_needed,
           (p.body #>> '{visit,calls_tried,value}')::integer AS calls_needed,
           (p.body #>> '{visit,recent_payment_days,value}')::integer AS payment_days,
           -- The case follows another policy since: what it needed then is not pinned any more.
           EXISTS (SELECT FROM case_events e
                   WHERE e.case_id = v.case_id AND e.name = 'policy_adopted' AND e.accepted
                     AND e.received_at >= v.requested_at) AS is_judged_otherwise
    FROM contact_attempts a
    WHERE a.case_id = v.case_id AND a.purpose = 'collection' AND a.status IN ('sent', 'unknown')
      AND a.reserved_at <= v.requested_at) AS tried
CROSS JOIN LATERAL (
    SELECT count(DISTINCT k.badge_id) AS size FROM visit_crew k
    WHERE k.visit_id = v.visit_id AND k.slot_id = v.slot_id) AS crew
LEFT JOIN LATERAL (
    SELECT min((SELECT count(DISTINCT canonical_id(badge))
                FROM jsonb_array_elements_text(e.body -> 'badge_ids') AS badge)) AS size,
           min(e.occurred_at) AS at
    FROM case_events e
    WHERE e.case_id = v.case_id AND e.name = 'visit_checked_in' AND e.accepted
      AND e.body ->> 'visit_id' = v.visit_id) AS came ON true
LEFT JOIN LATERAL (
    SELECT a.reserved_at AS at, a.policy_version,
           make_interval(hours => (judged.body #>> '{visit,notice_lead_hours,value}')::integer)
               AS ahead
    FROM contact_attempts a JOIN policies judged ON judged.version = a.policy_version
    WHERE a.case_id = v.case_id AND a.template = 'visit_appointment' AND a.status = 'sent'
      AND a.reserved_at <= v.notice_sent_at
    ORDER BY a.reserved_at DESC LIMIT 1) AS told ON true
-- The check-in is judged by the policy that the case followed then: the one that it adopted last, or
-- that of the notice.
LEFT JOIN LATERAL (
    SELECT (k.body #>> '{visit,permitted_hours,value,start}')::time AS opens,
           (k.body #>> '{visit,permitted_hours,value,end}')::time AS closes, k.version
    FROM policies k
    WHERE k.version = coalesce((
        SELECT e.body ->> 'policy_version' FROM case_events e
        WHERE e.case_id = v.case_id AND e.name = 'policy_adopted' AND e.accepted
          AND e.received_at < v.checked_in_at
        ORDER BY e.sequence DESC LIMIT 1), told.policy_version)) AS hours ON true
CROSS JOIN LATERAL (
    SELECT (v.arrived_at AT TIME ZONE b.time_zone)::time AS local_time,
           least(v.arrived_at, v.checked_in_at) AS at) AS arrival
LEFT JOIN LATERAL (
    SELECT string_agg(concat(h.hold_id, ' (', h.reason, ') on loan ', h.loan_id), ', '
                      ORDER BY h.loan_id, h.hold_id) AS by
    FROM holds h
    WHERE h.borrower_id = l.borrower_id AND h.placed_at < arrival.at
      AND (h.released_at IS NULL OR h.released_at > v.arrived_at)
      AND (h.until IS NULL OR h.until > v.arrived_at)) AS held ON true
CROSS JOIN LATERAL (VALUES
    (v.requested_at <= v.checked_in_at, 'no application before the check-in'),
    (v.approved_at <= v.checked_in_at, 'no approval before the check-in'),
    (canonical_id(v.approver_id) <> canonical_id(v.applicant_id),
     'not approved by another person than the applicant'),
    (canonical_id(v.approver_id) <> canonical_id(l.borrower_id), 'approved by the borrower'),
    ((v.applicant = 'borrower') = (canonical_id(v.applicant_id) = canonical_id(l.borrower_id)),
     concat(v.applicant_id, ' applied for it as the ', v.applicant)),
    (v.applicant = 'borrower' OR tried.is_judged_otherwise OR NOT EXISTS (
         SELECT FROM payments y
         WHERE y.loan_id = v.loan_id AND y.kind = 'payment' AND y.received_at < v.requested_at
           -- On record by then, whenever the ledger had booked it.
           AND (y.sequence <= c.opened_after OR EXISTS (
                    SELECT FROM case_events e
                    WHERE e.loan_id = y.loan_id AND e.name = 'payment_received' AND e.accepted
                      AND e.body ->> 'payment_id' = y.payment_id
                      AND e.received_at < v.requested_at))
           AND coalesce(y.reversed_at > v.requested_at, true)
           AND y.received_at > v.requested_at - make_interval(days => tried.payment_days)),
     concat('a collector applied for it within ', tried.payment_days, ' days of a payment')),
    (v.applicant = 'borrower' OR tried.is_judged_otherwise
         OR tried.messages >= tried.messages_needed AND tried.calls >= tried.calls_needed,
     concat('a collector applied for it after ', tried.messages, ' messages and ', tried.calls,
            ' calls, of ', tried.messages_needed, ' and ', tried.calls_needed)),
    (v.arrived_at < v.approval_expires_at, 'the approval had expired when the crew came'),
    (NOT EXISTS (SELECT FROM visit_approvals a WHERE a.visit_id = v.visit_id
                 AND a.approved_at = v.approved_at AND a.ended_at < arrival.at),
     'the approval had been withdrawn, or was void, when the crew came'),
    (NOT EXISTS (SELECT FROM visit_crew k WHERE k.visit_id = v.visit_id AND k.slot_id = v.slot_id
                 AND canonical_id(k.badge_id) IN (canonical_id(v.approver_id),
                                                 canonical_id(v.applicant_id))),
     'the crew applied for or approved its own visit'),
    (hours.version IS NULL
         OR arrival.local_time >= hours.opens AND arrival.local_time < hours.closes,
     concat('the crew came at ', arrival.local_time, ' in ', b.time_zone, '; permitted from ',
            hours.opens, ' to ', hours.closes, ' by ', hours.version)),
    (held.by IS NULL, concat('the crew came during the hold ', held.by)),
    (NOT EXISTS (SELECT FROM crew_bars x JOIN case_events e
                     ON e.case_id = v.case_id AND e.name = 'visit_checked_in' AND e.accepted
                        AND e.body ->> 'visit_id' = v.visit_id
                 CROSS JOIN jsonb_array_elements_text(e.body -> 'badge_ids') AS badge
                 WHERE x.borrower_id = l.borrower_id
                   AND x.since < least(e.occurred_at, e.received_at)
                   AND canonical_id(x.badge_id) = canonical_id(badge)),
     'somebody came who had been barred from the borrower'),
    (v.confirmed_at <= v.arrived_at, 'the appointment was not confirmed'),
    (NOT EXISTS (SELECT FROM promises p
                 WHERE p.case_id = v.case_id AND p.made_at < least(lower(v.slot), arrival.at)
                   AND coalesce(p.resolved_at > v.arrived_at, true)),
     'a promise to pay was open when the crew came'),
    (NOT EXISTS (SELECT FROM visits other JOIN loans o USING (loan_id)
                 WHERE o.borrower_id = l.borrower_id AND other.visit_id <> v.visit_id
                   AND other.checked_in_at IS NOT NULL AND other.slot && v.slot),
     'another crew was with the borrower at that hour'),
    (v.notice_sent_at < lower(v.slot), 'no notice before the appointment'),
    (coalesce(told.at <= lower(v.slot) - told.ahead, true),
     concat('told of it at ', told.at, ', less than ', told.ahead, ' before')),
    (crew.size >= 2, concat('a crew of ', crew.size)),
    (coalesce(came.size, 2) >= 2, concat(came.size, ' of the crew at the door')),
    (v.left_at IS NULL OR came.at IS NULL OR v.left_at >= came.at - interval '1 day',
     'it was reported before the crew came')
) AS problem (is_kept, what)
WHERE v.checked_in_at <= :now AND problem.is_kept IS NOT TRUE
ORDER BY v.checked_in_at, v.visit_id;

-- name: audit_visit_decisions(now)
-- G6: who decided, decided on this visit, once it was applied for. Clocks may differ by a day.
SELECT visit_id AS subject,
       concat('approved at ', approved_at, ', before it was applied for at ', requested_at) AS what
FROM visits WHERE approved_at < requested_at AND requested_at <= :now
UNION ALL
SELECT v.visit_id, concat('the event ', e.event_id, ', ', e.name, ' at ', e.occurred_at, ': ', problem.what)
FROM case_events e
JOIN visits v ON v.case_id = e.case_id AND (
    e.name = 'visit_rejected' AND v.ended_at = e.received_at
    OR e.name = 'visit_approved' AND EXISTS (
        SELECT FROM visit_approvals a
        WHERE a.visit_id = v.visit_id AND a.approved_at = e.received_at))
LEFT JOIN case_events r ON r.case_id = v.case_id AND r.name = 'visit_requested' AND r.accepted
     AND r.received_at = v.requested_at
CROSS JOIN LATERAL (VALUES
    (e.occurred_at >= least(r.occurred_at, v.requested_at) - interval '1 day',
     'the visit was not applied for then'),
    -- An event of before had no such field.
    (coalesce(e.body ->> 'visit_id', v.visit_id) = v.visit_id,
     concat('it names the visit ', e.body ->> 'visit_id'))
) AS problem (is_kept, what)
WHERE e.accepted AND e.received_at <= :now AND problem.is_kept IS NOT TRUE;

-- name: audit_agreements(now)
-- G7: an agreement has a verified identity, a report that says so, parts that sum to the whole,
-- hashes that are those of its documents, and disclosed costs; what was signed is what was offered,
-- what it replaces ended when it was signed, and what is charged is the penalty that its waiver
-- leaves.
SELECT g.agreement_id AS subject, problem.what
FROM agreements g
JOIN visits v USING (visit_id)
LEFT JOIN agreements o ON o.agreement_id = g.supersedes
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM erasures x JOIN loans l USING (borrower_id)
                   WHERE l.loan_id = g.loan_id AND x.kind = 'agreement') AS was_erased) AS gone
CROSS JOIN LATERAL (
    SELECT coalesce(sum(i.amount_minor), 0) AS minor FROM agreement_instalments i
    WHERE i.agreement_id = g.agreement_id) AS parts
CROSS JOIN LATERAL (
    SELECT coalesce(sum(c.amount_minor), 0) AS minor FROM loan_charges c
    WHERE c.agreement_id = g.agreement_id) AS charged
CROSS JOIN LATERAL (
    SELECT coalesce(min(e.occurred_at), g.signed_at) AS signed_at FROM case_events e
    WHERE e.case_id = g.case_id AND e.name = 'agreement_signed' AND e.accepted
      AND e.body ->> 'agreement_id' = g.agreement_id) AS said
CROSS JOIN LATERAL (VALUES
    (charged.minor = CASE WHEN g.signed_at IS NULL THEN 0
                          ELSE greatest(g.penalty_minor - g.waiver_minor, 0) END,
     concat('it charges ', charged.minor, ' of a penalty of ', g.penalty_minor, ', and waives ',
            g.waiver_minor)),
    (v.identity_verified, 'no verified identity at its visit'),
    (v.reported_at IS NOT NULL, 'no report of its visit'),
    (g.signed_at IS NULL OR v.outcome = 'agreed', concat('its visit is reported as ', v.outcome)),
    (g.signed_at IS NULL OR v.reported_at <= g.signed_at, 'signed before its visit was reported'),
    (parts.minor = g.total_minor,
     concat('its parts sum to ', parts.minor, ', its total is ', g.total_minor)),
    (gone.was_erased AND g.document_pdf IS NULL
         OR encode(sha256(g.document_pdf), 'hex') = g.document_sha256,
     'the hash is not that of its document'),
    (gone.was_erased AND g.document_html IS NULL
         OR encode(sha256(g.document_html), 'hex') = g.html_sha256,
     'the hash is not that of its reading copy'),
    -- The event says when the costs were confirmed, and when it was signed by the same clock; a
    -- signature of an earlier release does not.
    (g.signed_at IS NULL OR g.disclosure_assumed
         OR g.disclosed_at < said.signed_at AND g.disclosed_at >= g.offered_at - interval '15 minutes',
     concat('its costs were confirmed at ', coalesce(g.disclosed_at::text, 'no time'),
            ', it was offered at ', g.offered_at, ' and signed at ', said.signed_at)),
    ((g.signed_at IS NULL) = (g.signed_sha256 IS NULL), 'signed without a hash'),
    (g.signed_sha256 IS NULL OR g.signed_sha256 = g.document_sha256,
     'another document was signed than was offered'),
    -- One replaces another: the rest of it, less what is waived beyond what was waived before.
    (g.supersedes IS NULL OR g.total_minor + g.waiver_minor =
         o.total_minor - (g.carried_minor - o.carried_minor)
         + greatest(o.waiver_minor - o.penalty_minor, 0),
     concat('it does not cover what was left of ', g.supersedes)),
    (g.supersedes IS NULL OR g.case_id = o.case_id AND g.visit_id = o.visit_id
         AND g.as_of = o.as_of AND g.counted_from = o.counted_from,
     concat('it is of another case, visit or day than ', g.supersedes)),
    (g.supersedes IS NULL OR g.signed_at IS NULL OR
         o.status = 'superseded' AND o.ended_at = g.signed_at,
     concat('it was signed while ', g.supersedes, ' was in force')),
    (g.status <> 'superseded' OR EXISTS (
         SELECT FROM agreements n WHERE n.supersedes = g.agreement_id AND n.signed_at IS NOT NULL),
     'nothing that was signed has replaced it'),
    ((g.status IN ('offered', 'signed')) = (g.ended_at IS NULL),
     concat(g.status, ', and ended at ', coalesce(g.ended_at::text, 'no time')))
) AS problem (is_kept, what)
WHERE g.offered_at <= :now AND problem.is_kept IS NOT TRUE
ORDER BY g.offered_at, g.agreement_id;

-- name: audit_one_case(now)
-- G8: one case for one delinquency, and one open case a loan.
SELECT loan_id AS subject, concat(count(*), ' cases overdue since ', overdue_since) AS what
FROM collection_cases WHERE opened_at <= :now
GROUP BY loan_id, overdue_since HAVING count(*) > 1
UNION ALL
SELECT loan_id, concat(count(*), ' open cases')
FROM collection_cases WHERE closed_at IS NULL AND opened_at <= :now
GROUP BY loan_id HAVING count(*) > 1;

-- name: audit_effects(now)
-- G9: every accepted event has its effect on record, exactly once. An end that another system
-- asked for has two days to take effect, or a day more than its policy leaves for the message that
-- nobody comes: what is under way is called off first.
SELECT e.event_id AS subject,
       concat(e.name, ' on loan ', e.loan_id, ' accepted at ', e.received_at,
              ': no effect on record, or another') AS what
FROM case_events e
WHERE e.accepted AND e.received_at <= :now AND NOT CASE e.name
    WHEN 'payment_received' THEN 1 = (
        SELECT count(*) FROM payments p WHERE p.payment_id = e.body ->> 'payment_id'
          AND p.loan_id = e.loan_id AND p.amount_minor = (e.body ->> 'amount_minor')::bigint)
    WHEN 'payment_reversed' THEN EXISTS (
        SELECT FROM payments p WHERE p.payment_id = e.body ->> 'payment_id'
          AND p.loan_id = e.loan_id AND p.reversed_at IS NOT NULL)
    WHEN 'promise_made' THEN EXISTS (
        SELECT FROM promises p WHERE p.promise_id = e.case_id || ':' || e.event_id
          AND p.amount_minor = (e.body ->> 'amount_minor')::bigint)
    WHEN 'call_finished' THEN EXISTS (
        SELECT FROM contact_attempts a WHERE a.attempt_id = e.body ->> 'attempt_id'
          AND a.loan_id = e.loan_id AND a.outcome = e.body ->> 'outcome')
    WHEN 'phone_reported' THEN EXISTS (
        SELECT FROM phones p WHERE p.phone_id = e.body ->> 'phone_id' AND p.status <> 'usable')
    WHEN 'phone_confirmed' THEN EXISTS (
        SELECT FROM phone_confirmations c WHERE c.phone_id = e.body ->> 'phone_id'
          AND c.confirmed_by = e.body ->> 'by' AND c.confirmed_at <= e.received_at)
    WHEN 'reply_received' THEN EXISTS (
        SELECT FROM replies r WHERE r.reply_id = e.body ->> 'reply_id'
          AND r.read_at <= e.received_at)
    WHEN 'call_received' THEN EXISTS (
        SELECT FROM conversations v WHERE v.loan_id = e.loan_id
          AND v.conversation_id = e.body ->> 'call_id')
    WHEN 'borrower_said' THEN EXISTS (
        SELECT FROM holds h WHERE h.loan_id = e.loan_id
          AND h.hold_id = 'said' || chr(58) || e.event_id)
    WHEN 'hold_placed' THEN EXISTS (
        SELECT FROM holds h WHERE h.loan_id = e.loan_id AND h.hold_id = e.body ->> 'hold_id')
    WHEN 'hold_released' THEN EXISTS (
        SELECT FROM holds h JOIN loans l USING (borrower_id)
        WHERE l.loan_id = e.loan_id AND h.hold_id = e.body ->> 'hold_id'
          AND h.released_at IS NOT NULL)
    WHEN 'complaint_filed' THEN EXISTS (
        SELECT FROM complaints c JOIN holds h USING (loan_id)
        WHERE c.loan_id = e.loan_id AND c.complaint_id = e.body ->> 'complaint_id'
          AND h.complaint_id = c.complaint_id)
    WHEN 'complaint_extended' THEN 1 = (
        SELECT count(*) FROM complaint_extensions x
        WHERE x.loan_id = e.loan_id AND x.complaint_id = e.body ->> 'complaint_id'
          AND x.extended_at = e.received_at AND x.extended_by = e.body ->> 'approver_id')
    WHEN 'complaint_resolved' THEN EXISTS (
        SELECT FROM complaints c WHERE c.loan_id = e.loan_id
          AND c.complaint_id = e.body ->> 'complaint_id' AND c.resolved_at IS NOT NULL)
        AND NOT EXISTS (
        SELECT FROM jsonb_array_elements_text(e.body -> 'barred_badge_ids') AS barred (badge_id)
        WHERE NOT EXISTS (
            SELECT FROM crew_bars x JOIN loans l USING (borrower_id)
            WHERE l.loan_id = e.loan_id AND canonical_id(x.badge_id) = canonical_id(barred.badge_id)))
    WHEN 'visit_requested' THEN 1 = (
        SELECT count(*) FROM visits v
        WHERE v.case_id = e.case_id AND v.requested_at = e.received_at)
    WHEN 'visit_approved' THEN 1 = (
        SELECT count(*) FROM visits v JOIN visit_approvals a USING (visit_id)
        WHERE v.case_id = e.case_id AND a.approved_at = e.received_at
          AND a.approver_id = e.body ->> 'approver_id')
    WHEN 'visit_rejected' THEN NOT EXISTS (
        SELECT FROM visit_approvals a
        WHERE a.visit_id = e.body ->> 'visit_id' AND a.approved_at >= e.received_at)
    WHEN 'plan_rejected' THEN NOT EXISTS (
        SELECT FROM agreements g WHERE g.plan_id = e.body ->> 'plan_id')
    WHEN 'approval_withdrawn' THEN EXISTS (
        SELECT FROM visit_approvals a WHERE a.visit_id = e.body ->> 'visit_id'
          AND a.ended_at = e.received_at)
    WHEN 'visit_withdrawn' THEN e.received_at > :now::timestamptz - interval '2 days' OR EXISTS (
        SELECT FROM visits v WHERE v.visit_id = e.body ->> 'visit_id' AND v.ended_at IS NOT NULL)
    WHEN 'appointment_withdrawn' THEN NOT EXISTS (
        SELECT FROM visit_crew k
        WHERE k.slot_id = e.body ->> 'slot_id' AND k.released_at IS NULL)
    WHEN 'visit_checked_in' THEN EXISTS (
        SELECT FROM visits v
        WHERE v.visit_id = e.body ->> 'visit_id' AND v.checked_in_at <= e.received_at)
    WHEN 'visit_reported' THEN EXISTS (
        SELECT FROM visits v
        WHERE v.visit_id = e.body ->> 'visit_id' AND v.reported_at >= e.received_at)
    WHEN 'agreement_signed' THEN EXISTS (
        SELECT FROM agreements g WHERE g.agreement_id = e.body ->> 'agreement_id'
          AND g.signed_at = e.received_at AND g.signed_sha256 = e.body ->> 'document_sha256')
    WHEN 'agreement_declined' THEN EXISTS (
        SELECT FROM agreements g WHERE g.agreement_id = e.body ->> 'agreement_id'
          AND g.ended_at IS NOT NULL)
    WHEN 'policy_adopted' THEN EXISTS (
        SELECT FROM collection_cases c WHERE c.case_id = e.case_id
          AND c.policy_version = e.body ->> 'policy_version') OR EXISTS (
        SELECT FROM case_events f WHERE f.case_id = e.case_id AND f.sequence > e.sequence
          AND f.name = e.name AND f.accepted)
    WHEN 'case_closed' THEN e.received_at > :now::timestamptz - make_interval(days => greatest(2, (
        SELECT 1 + (p.body #>> '{visit,call_off_days,value}')::integer
        FROM collection_cases c JOIN policies p ON p.version = c.policy_version
        WHERE c.case_id = e.case_id))) OR EXISTS (
        SELECT FROM collection_cases c WHERE c.case_id = e.case_id AND c.closed_at IS NOT NULL)
    ELSE true
END
ORDER BY e.sequence;

-- name: audit_events(now)
-- G9: an event counts once for a loan, and a refused one has its reason on record. None has happened
-- in the future. What came before its other half has come again two days after that.
SELECT event_id AS subject, concat(count(*), ' records of one event on loan ', loan_id) AS what
FROM case_events WHERE received_at <= :now AND NOT may_come_again
GROUP BY loan_id, event_id HAVING count(*) > 1
UNION ALL
SELECT event_id, concat('the event on loan ', loan_id, ' of ', occurred_at, ' came at ', received_at,
                        ': it lay in the future')
FROM case_events
WHERE accepted AND received_at <= :now AND occurred_at > received_at + interval '1 day'
UNION ALL
SELECT payment_id, concat('payment on loan ', loan_id, ' of ', received_at, ': it lies in the future')
FROM payments
WHERE recorded_at <= :now AND received_at > :now::timestamptz + interval '1 day'
UNION ALL
SELECT e.event_id, concat(e.name, ' on loan ', e.loan_id, ' came before its other half at ',
                          e.received_at, ', and not again')
FROM case_events e
WHERE e.may_come_again AND e.received_at < :now::timestamptz - interval '2 days' AND CASE e.name
    WHEN 'payment_reversed' THEN EXISTS (
        SELECT FROM payments p WHERE p.payment_id = e.body ->> 'payment_id'
          AND p.loan_id = e.loan_id AND p.reversed_at IS NULL)
    WHEN 'hold_released' THEN EXISTS (
        SELECT FROM holds h JOIN loans l USING (borrower_id)
        WHERE l.loan_id = e.loan_id AND h.hold_id = e.body ->> 'hold_id'
          AND h.released_at IS NULL)
    WHEN 'complaint_resolved' THEN EXISTS (
        SELECT FROM complaints c WHERE c.loan_id = e.loan_id
          AND c.complaint_id = e.body ->> 'complaint_id' AND c.resolved_at IS NULL)
    ELSE false
END
UNION ALL
SELECT event_id, concat(name, ' on loan ', loan_id, ' refused at ', received_at, ' without a reason')
FROM case_events
WHERE NOT accepted AND received_at <= :now AND coalesce(trim(reason), '') = '';

-- name: audit_open_cases(now)
-- G10: an open case was taken up by a workflow and stands in a stage that there is; nothing that
-- has a deadline has outlived it by a week, but for what a hold has put off. What follows from an
-- end is done within the time of its closing notice and a week, and leaves nothing open.
WITH cases AS (
    SELECT c.*, p.body AS policy, EXISTS (
        SELECT FROM holds h JOIN loans l USING (borrower_id)
        WHERE l.loan_id = c.loan_id
          AND coalesce(h.released_at, h.until, 'infinity') > :now::timestamptz - interval '30 days') AS was_held,
        (SELECT max(least(h.released_at, h.until)) FROM holds h JOIN loans l USING (borrower_id)
         WHERE l.loan_id = c.loan_id AND least(h.released_at, h.until) <= :now) AS held_until
    FROM collection_cases c LEFT JOIN policies p ON p.version = c.policy_version
    WHERE c.closed_at IS NULL AND c.opened_at <= :now
)
SELECT case_id AS subject, concat('no workflow has taken the case up since ', opened_at) AS what
FROM cases WHERE started_at IS NULL AND opened_at < :now::timestamptz - interval '2 days'
UNION ALL
SELECT case_id, concat('open in the stage ', coalesce(stage, 'NULL'))
FROM cases
WHERE (stage IN ('early_contact', 'application', 'approval', 'appointment', 'preparation', 'visit',
                 'plan', 'agreement', 'guided_repayment', 'closing_visit', 'repayment',
                 'legal_review')) IS NOT TRUE
UNION ALL
SELECT c.case_id, concat('the approval of visit ', v.visit_id, ' is open since ', asked.at)
FROM cases c JOIN visits v USING (case_id)
CROSS JOIN LATERAL (
    SELECT greatest(v.requested_at, max(a.ended_at)) AS at FROM visit_approvals a
    WHERE a.visit_id = v.visit_id) AS asked
WHERE v.status = 'requested' AND NOT c.was_held
  AND asked.at < :now::timestamptz - interval '7 days' - make_interval(
      days => (c.policy #>> '{visit,approval_days,value}')::integer)
UNION ALL
SELECT c.case_id, concat('the agreement ', g.agreement_id, ' should have ended at ', g.expires_at)
FROM cases c JOIN agreements g USING (case_id)
WHERE g.status = 'offered' AND NOT c.was_held AND g.expires_at < :now::timestamptz - interval '7 days'
UNION ALL
-- A plan whose next part was missed has ended, after the grace that its document states. The grace
-- begins anew with the signature, a reversal, the end of a hold, and the payment of the part before;
-- and no plan that is in force again is held to what fell due while it was not.
SELECT c.case_id, concat('part ', part.number, ' of the agreement ', g.agreement_id,
                         ', due on ', part.due_on, ', was missed, and the plan has not ended')
FROM cases c JOIN agreements g USING (case_id)
CROSS JOIN LATERAL (
    SELECT i.number, i.due_on, due.minor AS due_minor, due.minor - i.amount_minor AS before_minor
    FROM agreement_instalments i
    CROSS JOIN LATERAL (
        SELECT sum(o.amount_minor) AS minor FROM agreement_instalments o
        WHERE o.agreement_id = i.agreement_id AND o.number <= i.number) AS due
    WHERE i.agreement_id = g.agreement_id) AS part
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.amount_minor), 0) - g.carried_minor AS minor FROM payments p
    WHERE p.loan_id = g.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL
      AND p.sequence > g.counted_after) AS paid
CROSS JOIN LATERAL (
    SELECT coalesce(g.grace_days, (c.policy #>> '{plan,grace_days,value}')::integer) AS days
) AS grace
CROSS JOIN LATERAL (
    SELECT greatest(
        g.signed_at, g.in_force_again_at, c.last_released_at, c.held_until,
        (SELECT max(p.reversed_at) FROM payments p WHERE p.loan_id = g.loan_id),
        (SELECT min(p.at) FROM (
             SELECT greatest(received_at, recorded_at) AS at,
                    sum(amount_minor) OVER (ORDER BY sequence) - g.carried_minor AS minor
             FROM payments
             WHERE loan_id = g.loan_id AND kind = 'payment' AND reversed_at IS NULL
               AND sequence > g.counted_after) AS p
         WHERE part.before_minor > 0 AND p.minor >= part.before_minor)) AS at) AS begun
WHERE g.status = 'signed' AND NOT c.was_held
  AND paid.minor < part.due_minor AND (paid.minor >= part.before_minor OR part.before_minor = 0)
  AND part.due_on < (:now::timestamptz - interval '7 days')::date - grace.days
  AND begun.at < :now::timestamptz - interval '7 days' - make_interval(days => grace.days)
  AND NOT EXISTS (
      SELECT FROM payments p WHERE p.loan_id = g.loan_id
        AND p.reversed_at > :now::timestamptz - interval '30 days')
UNION ALL
-- The end of a hold gives a promise its grace anew, too.
SELECT c.case_id, concat('the promise for ', p.due_on, ' is neither kept nor broken')
FROM cases c JOIN promises p USING (case_id)
WHERE p.status = 'open' AND NOT c.was_held
  AND c.stage IN ('early_contact', 'appointment', 'preparation', 'legal_review')
  AND greatest(p.due_on, c.held_until::date) < (:now::timestamptz - interval '7 days')::date
                 - (c.policy #>> '{promise,grace_days,value}')::integer
UNION ALL
SELECT c.case_id, concat('its end of ', c.closed_at, ' is not finished')
FROM collection_cases c JOIN policies p ON p.version = c.policy_version
WHERE c.is_ending
  AND c.closed_at < :now::timestamptz - interval '7 days' - make_interval(
      days => coalesce((p.body #>> '{aftercare,closing_notice_days,value}')::integer, 3))
UNION ALL
SELECT c.case_id, concat('closed at ', c.closed_at, ', and ', a.template, ' by ', a.channel,
                         ' is still reserved')
FROM collection_cases c JOIN contact_attempts a USING (case_id)
WHERE c.closed_at <= :now AND NOT c.is_ending AND a.status = 'reserved'
UNION ALL
SELECT c.case_id, concat('handed over at ', c.closed_at, ' without a file for the legal desk')
FROM collection_cases c
WHERE c.closed_at <= :now AND NOT c.is_ending AND c.outcome = 'handed_to_legal'
  AND NOT EXISTS (SELECT FROM legal_packages k WHERE k.case_id = c.case_id);

-- name: audit_decisions(now)
-- G11: every contact and every refusal names its policy by version and hash, and the facts it was
-- decided on; a refusal names its rule and says why.
SELECT decision.id AS subject, concat(decision.kind, ' at ', decision.at, ': ', problem.what) AS what
FROM (
    SELECT attempt_id AS id, 'attempt' AS kind, reserved_at AS at, policy_version, policy_sha256,
           facts, 'allowed' AS rule_id, 'allowed' AS reason
    FROM contact_attempts
    UNION ALL
    SELECT intent_key, 'refusal', at, policy_version, policy_sha256, facts, rule_id, reason
    FROM contact_refusals
) AS decision
LEFT JOIN policies p ON p.version = decision.policy_version
CROSS JOIN LATERAL (VALUES
    (p.version IS NOT NULL, concat('policy ', decision.policy_version, ' is not stored')),
    (decision.policy_sha256 = p.sha256,
     concat('the hash of policy ', decision.policy_version, ' is missing or another')),
    (decision.facts::text <> '{}', 'no facts on record'),
    (trim(decision.rule_id) <> '', 'no rule on record'),
    (trim(decision.reason) <> '', 'no reason on record')
) AS problem (is_kept, what)
WHERE decision.at <= :now AND problem.is_kept IS NOT TRUE
ORDER BY decision.at;

-- name: audit_recordings(now)
-- G11: what was said in a call can be heard where the policy has calls recorded.
SELECT a.attempt_id AS subject,
       concat('a call at ', a.reserved_at, ' was answered, and has no recording; ',
              a.policy_version, ' asks for one') AS what
FROM contact_attempts a JOIN audit_recorded k ON k.version = a.policy_version
WHERE a.channel = 'call' AND a.outcome = 'connected' AND a.recording_id IS NULL
  AND a.outcome_at <= :now
UNION ALL
SELECT v.conversation_id,
       concat('a conversation at ', v.held_at, ' on loan ', v.loan_id, ' has no recording; ',
              k.version, ' asks for one')
FROM conversations v
JOIN collection_cases c ON c.loan_id = v.loan_id AND c.opened_at <= v.held_at
     AND (c.closed_at IS NULL OR c.closed_at > v.held_at)
JOIN audit_recorded k ON k.version = c.policy_version
WHERE v.recording_id IS NULL AND v.recorded_at <= :now;

-- name: audit_filming(now)
-- G6: nothing was filmed inside without the borrower's word at the door, whatever a rule on recording
-- asks for.
SELECT visit_id AS subject,
       concat('filmed inside at ', arrived_at, ' without consent to be filmed') AS what
FROM visits
WHERE filmed_inside AND filming_consent IS NOT TRUE AND reported_at <= :now;
