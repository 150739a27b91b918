-- What was done and not done for one loan, for people who ask why. Newest first.

-- name: story_of_loan(loan_id)^
SELECT l.loan_id, l.currency, l.status, b.time_zone,
       (SELECT coalesce(c.stage, 'early_contact') FROM collection_cases c
        WHERE c.loan_id = l.loan_id AND (c.closed_at IS NULL OR c.is_ending)
        ORDER BY c.closed_at DESC NULLS FIRST LIMIT 1) AS stage
FROM loans l JOIN borrowers b USING (borrower_id) WHERE l.loan_id = :loan_id;

-- name: story_attempts(loan_id)
SELECT a.reserved_at AS at, a.attempt_id, a.channel, a.template, a.purpose, a.phone_id, a.status,
       a.outcome, a.sent_at, a.policy_version, a.policy_sha256, a.current_policy,
       a.facts::text AS facts, a.sent_to, a.said::text AS said, a.template_version,
       a.delivery, a.delivery_at, a.delivery_code
FROM contact_attempts a WHERE a.loan_id = :loan_id
ORDER BY a.reserved_at DESC, a.attempt_id;

-- name: story_refusals(loan_id)
-- Named as within its case, however deep the case's id stands in it.
SELECT r.at, replace(r.intent_key, r.case_id || ':', '') AS intent, r.channel, r.rule_id, r.reason, r.retry_at, r.policy_version,
       r.policy_sha256, r.current_policy, r.facts::text AS facts
FROM contact_refusals r JOIN collection_cases c USING (case_id) WHERE c.loan_id = :loan_id
ORDER BY r.at DESC, r.refusal_id DESC;

-- name: story_refused_events(loan_id)
SELECT e.received_at AS at, e.event_id, e.name, e.source, e.stage, e.reason
FROM case_events e WHERE e.loan_id = :loan_id AND NOT e.accepted
ORDER BY e.sequence DESC;

-- name: story_events(loan_id)
-- Accepted events that are told by no other record than their own.
SELECT e.received_at AS at, e.name, e.source, e.body::text AS body
FROM case_events e
WHERE e.loan_id = :loan_id AND e.accepted
  AND e.name IN ('visit_rejected', 'visit_checked_in', 'visit_reported', 'visit_withdrawn',
                 'approval_withdrawn', 'appointment_declined', 'appointment_withdrawn',
                 'plan_approved', 'plan_rejected', 'agreement_declined',
                 'renegotiation_requested', 'contact_preferences_changed', 'policy_adopted',
                 'call_received', 'phone_reported', 'phone_confirmed', 'case_closed')
ORDER BY e.sequence DESC;

-- name: story_replies(loan_id)
-- What somebody wrote back from a number of the borrower's, or of a contact person's: how it was
-- read, and not its words.
SELECT r.read_at AS at, 'reply' AS kind, concat(r.reply_id, ' from ', r.phone_id) AS what,
       concat('read as ', replace(r.read_as, '_', ' ')) AS result
FROM replies r JOIN phones p USING (phone_id) JOIN loans l USING (borrower_id)
WHERE l.loan_id = :loan_id AND r.read_at IS NOT NULL;

-- name: story_money(loan_id)
-- Payments, also those that a ledger has written itself, and promises; each twice when it was
-- reversed or decided. One that is told of days later changes what is owed from then on.
SELECT CASE WHEN late.told THEN p.recorded_at ELSE p.received_at END AS at, 'payment' AS kind,
       concat_ws(' from ', p.payment_id, p.source) AS what,
       CASE WHEN p.kind = 'waiver' THEN 'granted as a waiver'
            WHEN late.told THEN concat('told of, as received ',
                to_char(p.received_at AT TIME ZONE b.time_zone, 'YYYY-MM-DD HH24:MI'))
            ELSE 'received' END AS result,
       p.amount_minor
FROM payments p JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
CROSS JOIN LATERAL (
    SELECT p.recorded_at > p.received_at + interval '1 day' AND p.kind = 'payment' AS told) late
WHERE p.loan_id = :loan_id AND p.kind <> 'opening'
UNION ALL
SELECT p.reversed_at, 'payment', p.payment_id, 'reversed', p.amount_minor
FROM payments p WHERE p.loan_id = :loan_id AND p.reversed_at IS NOT NULL
UNION ALL
SELECT p.made_at, 'promise', concat('to pay by ', p.due_on), 'made', p.amount_minor
FROM promises p WHERE p.loan_id = :loan_id
UNION ALL
SELECT p.resolved_at, 'promise', concat('to pay by ', p.due_on), p.status, p.amount_minor
FROM promises p WHERE p.loan_id = :loan_id AND p.resolved_at IS NOT NULL;

-- name: story_holds(loan_id)
-- Holds and complaints. A hold on another loan of the borrower keeps this one in peace, too.
WITH held AS (
    SELECT h.*, b.time_zone,
           concat(h.reason, ' (', h.hold_id, ')',
                  CASE WHEN h.loan_id <> l.loan_id THEN ' on loan ' || h.loan_id END) AS what
    FROM loans l JOIN borrowers b USING (borrower_id)
    JOIN holds h ON h.borrower_id = l.borrower_id
    WHERE l.loan_id = :loan_id
), filed AS (
    SELECT k.*, b.time_zone
    FROM complaints k JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
    WHERE k.loan_id = :loan_id
)
SELECT placed_at AS at, 'hold' AS kind, what,
       concat('placed, until ',
              coalesce(to_char(until AT TIME ZONE time_zone, 'YYYY-MM-DD HH24:MI'),
                       'it is released')) AS result
FROM held
UNION ALL
SELECT released_at, 'hold', what, 'released' FROM held WHERE released_at IS NOT NULL
UNION ALL
SELECT filed_at, 'complaint', complaint_id,
       concat('filed about ', about, '; the answer is due on ',
              (coalesce((SELECT min(x.was_due_at) FROM complaint_extensions x
                         WHERE x.loan_id = filed.loan_id AND x.complaint_id = filed.complaint_id),
                        answer_due_at) AT TIME ZONE time_zone)::date)
FROM filed
UNION ALL
SELECT x.extended_at, 'complaint', x.complaint_id,
       concat('extended by ', x.extended_by, ' to ',
              (x.answer_due_at AT TIME ZONE filed.time_zone)::date)
FROM filed JOIN complaint_extensions x USING (loan_id, complaint_id)
UNION ALL
SELECT resolved_at, 'complaint', complaint_id,
       concat_ws('; ', CASE WHEN upheld THEN 'answered, upheld' ELSE 'answered, not upheld' END,
                 'by ' || handler_id, nullif(remedy, ''))
FROM filed WHERE resolved_at IS NOT NULL;

-- name: story_approvals(loan_id)
-- Who applied for a visit, who approved it when, and which approval ended without it; the amount is
-- what was overdue then.
SELECT v.requested_at AS at, 'application' AS kind, v.visit_id AS what,
       concat('applied for by the ', v.applicant, ' ', v.applicant_id) AS result,
       NULL::bigint AS amount_minor
FROM visits v WHERE v.loan_id = :loan_id
UNION ALL
SELECT a.approved_at, 'approval', v.visit_id,
       concat('approved by ', a.approver_id, ', until ',
              (a.expires_at AT TIME ZONE b.time_zone)::date), a.arrears_minor
FROM visit_approvals a JOIN visits v USING (visit_id)
JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id) WHERE v.loan_id = :loan_id
UNION ALL
SELECT a.ended_at, 'approval', v.visit_id, concat('ended: ', a.ended_because), a.arrears_minor
FROM visit_approvals a JOIN visits v USING (visit_id)
WHERE v.loan_id = :loan_id AND a.ended_at IS NOT NULL;

-- name: story_appointments(loan_id)
-- Crews that were booked and will not come: the one that may is told of with its visit.
SELECT max(k.given_up_at) AS at, 'appointment' AS kind, k.slot_id AS what,
       concat('given up: ', string_agg(k.badge_id, ', ' ORDER BY k.badge_id), ' for ',
              to_char(lower(k.slot) AT TIME ZONE b.time_zone, 'YYYY-MM-DD HH24:MI')) AS result
FROM visit_crew k JOIN visits v USING (visit_id)
JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
WHERE v.loan_id = :loan_id AND k.given_up_at IS NOT NULL
GROUP BY k.slot_id, k.slot, b.time_zone;

-- name: story_notices(loan_id)
-- What the lender's own people were told.
SELECT n.created_at AS at, 'notice' AS kind, concat(n.kind, ' to ', n.audience) AS what,
       concat_ws('; ', 'told', n.body ->> 'reason', 'complaint ' || (n.body ->> 'complaint_id'))
           AS result,
       (n.body ->> 'amount_minor')::bigint AS amount_minor
FROM staff_notices n LEFT JOIN collection_cases c USING (case_id)
WHERE :loan_id IN (n.loan_id, c.loan_id);

-- name: story_plans(loan_id)
-- What was proposed at a visit or asked for later, and what of it came to nothing.
SELECT coalesce(e.judged_at, e.received_at) AS at, 'plan' AS kind, p.plan_id AS what,
       concat('proposed in ', jsonb_array_length(p.proposed -> 'plan' -> 'parts'), ' parts') AS result
FROM proposed_plans p JOIN collection_cases c USING (case_id)
JOIN case_events e ON e.case_id = p.case_id AND e.event_id = p.event_id AND e.accepted
WHERE c.loan_id = :loan_id
UNION ALL
SELECT p.given_up_at, 'plan', p.plan_id, 'given up'
FROM proposed_plans p JOIN collection_cases c USING (case_id)
WHERE c.loan_id = :loan_id AND p.given_up_at IS NOT NULL;

-- name: story_visits(loan_id)
-- Appointments that were confirmed, and how visits have ended.
SELECT v.confirmed_at AS at, 'appointment' AS kind, v.visit_id AS what,
       concat('confirmed for ',
              to_char(lower(v.slot) AT TIME ZONE b.time_zone, 'YYYY-MM-DD HH24:MI'), ' with ',
              (SELECT string_agg(k.badge_id, ', ' ORDER BY k.badge_id) FROM visit_crew k
               WHERE k.visit_id = v.visit_id AND k.slot_id = v.slot_id)) AS result
FROM visits v JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
WHERE v.loan_id = :loan_id AND v.confirmed_at IS NOT NULL
UNION ALL
SELECT v.ended_at, 'visit', v.visit_id, concat_ws('; ', v.status, v.ended_reason)
FROM visits v WHERE v.loan_id = :loan_id AND v.ended_at IS NOT NULL;

-- name: story_agreements(loan_id)
SELECT g.offered_at AS at, 'agreement' AS kind, g.agreement_id AS what,
       concat('offered in ', (SELECT count(*) FROM agreement_instalments i
                              WHERE i.agreement_id = g.agreement_id), ' parts, until ',
              to_char(g.expires_at AT TIME ZONE b.time_zone, 'YYYY-MM-DD HH24:MI')) AS result,
       g.total_minor AS amount_minor
FROM agreements g JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
WHERE g.loan_id = :loan_id
UNION ALL
SELECT g.signed_at, 'agreement', g.agreement_id,
       concat('signed by ', (SELECT string_agg(each, ', ')
                             FROM jsonb_array_elements_text(g.signatories) AS each)),
       g.total_minor
FROM agreements g WHERE g.loan_id = :loan_id AND g.signed_at IS NOT NULL
UNION ALL
SELECT g.ended_at, 'agreement', g.agreement_id,
       concat(g.status, ': part ' || g.missed_part || ' was not paid'), g.total_minor
FROM agreements g WHERE g.loan_id = :loan_id AND g.ended_at IS NOT NULL AND g.status <> 'declined';

-- name: story_cases(loan_id)
SELECT c.opened_at AS at, 'case' AS kind, c.case_id AS what,
       concat('opened, overdue since ', c.overdue_since) AS result
FROM collection_cases c WHERE c.loan_id = :loan_id
UNION ALL
SELECT c.closed_at, 'end', concat('case ', c.case_id), c.outcome
FROM collection_cases c WHERE c.loan_id = :loan_id AND c.closed_at IS NOT NULL;
