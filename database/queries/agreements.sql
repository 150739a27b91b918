-- name: people_and_places(case_id)^
SELECT l.loan_id, l.lender, l.currency, l.annual_rate_percent, l.penalty_rate_percent,
       b.full_name AS name, b.language, b.time_zone
FROM collection_cases c JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
WHERE c.case_id = :case_id;

-- name: offered_agreement(agreement_id)^
SELECT document_sha256, offered_at FROM agreements WHERE agreement_id = :agreement_id;

-- name: kept_documents(agreement_id)^
SELECT document_html, document_pdf FROM agreements WHERE agreement_id = :agreement_id;

-- name: lender_signatory(badge_id)^
SELECT full_name FROM crew_members WHERE badge_id = :badge_id;

-- name: limitation_facts(loan_id, time_zone, now)^
-- When the loan's last instalment falls due, and what interrupted limitation until now: payments,
-- promises to pay, signed agreements, and demands that reached the borrower (LA-03): calls, visits,
-- and messages that ask for what is overdue, of which a receipt says that they were delivered. One
-- to a number that was a stranger's reached nobody.
SELECT (SELECT max(due_on) FROM loan_instalments WHERE loan_id = :loan_id) AS last_due_on,
       ARRAY(SELECT (happened.at AT TIME ZONE :time_zone)::date FROM (
                 SELECT received_at FROM payments
                 WHERE loan_id = :loan_id AND kind = 'payment' AND reversed_at IS NULL
                 UNION ALL
                 SELECT signed_at FROM agreements WHERE loan_id = :loan_id
                 UNION ALL
                 SELECT made_at FROM promises WHERE loan_id = :loan_id
                 UNION ALL
                 SELECT reported_at FROM visits
                 WHERE loan_id = :loan_id AND outcome IN ('agreed', 'refused')
                 UNION ALL
                 SELECT sent_at FROM contact_attempts
                 WHERE loan_id = :loan_id AND channel = 'call' AND outcome = 'connected'
                   AND purpose <> 'locate'
                 UNION ALL
                 SELECT a.delivery_at FROM contact_attempts a JOIN phones p USING (phone_id)
                 WHERE a.loan_id = :loan_id AND a.channel = 'sms' AND a.delivery = 'delivered'
                   AND a.template IN ('overdue_notice', 'credit_report_warning', 'plan_broken',
                                      'legal_notice')
                   AND p.status <> 'wrong_person') AS happened (at)
             WHERE happened.at <= :now) AS interrupted_on;

-- name: offer_agreement(agreement_id, case_id, loan_id, visit_id, plan_id, as_of, total_minor, waiver_minor, waiver_approver_id, supersedes, carried_minor, penalty_minor, html, pdf, html_sha256, sha256, lender_signatory, limitation_until, counted_from, counted_after, now, expires_at, grace_days)!
INSERT INTO agreements (agreement_id, case_id, loan_id, visit_id, plan_id, as_of, status, total_minor,
                        waiver_minor, waiver_approver_id, supersedes, carried_minor, penalty_minor,
                        document_html, document_pdf, html_sha256, document_sha256, lender_signatory,
                        limitation_until, counted_from, counted_after, offered_at, expires_at,
                        grace_days)
VALUES (:agreement_id, :case_id, :loan_id, :visit_id, :plan_id, :as_of, 'offered', :total_minor,
        :waiver_minor, :waiver_approver_id, :supersedes, :carried_minor, :penalty_minor,
        :html, :pdf, :html_sha256, :sha256, :lender_signatory,
        :limitation_until, :counted_from, :counted_after, :now, :expires_at, :grace_days);

-- name: add_agreement_part(agreement_id, number, due_on, amount_minor)*!
INSERT INTO agreement_instalments (agreement_id, number, due_on, amount_minor)
VALUES (:agreement_id, :number, :due_on, :amount_minor);

-- name: end_agreement(case_id, was, status, now)!
UPDATE agreements SET status = :status, ended_at = :now
WHERE case_id = :case_id AND status = :was;

-- name: note_missed_part(case_id, part, missed_at)!
-- Of the agreement in force, which is about to be broken.
UPDATE agreements SET missed_part = :part, missed_at = :missed_at
WHERE case_id = :case_id AND status = 'signed';

-- name: reinstate_agreement(case_id, now)^
-- The agreement that was broken last, if its missed part was paid in time after all: by what has come
-- to be known since. Not once another plan was agreed on, or a crew is in the house to do so.
UPDATE agreements g
SET status = 'signed', ended_at = NULL, missed_part = NULL, missed_at = NULL,
    reinstated = g.reinstated + 1, in_force_again_at = :now
FROM collection_cases c
WHERE c.case_id = :case_id AND c.closed_at IS NULL AND g.case_id = c.case_id
  AND g.status = 'broken'
  AND (SELECT coalesce(sum(p.amount_minor), 0) - g.carried_minor FROM payments p
       WHERE p.loan_id = g.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL
         AND p.sequence > g.counted_after AND p.received_at <= g.missed_at)
      >= (SELECT sum(i.amount_minor) FROM agreement_instalments i
          WHERE i.agreement_id = g.agreement_id AND i.number <= g.missed_part)
  AND NOT EXISTS (SELECT FROM case_events e WHERE e.case_id = c.case_id AND e.accepted
                    AND e.received_at >= g.ended_at
                    AND (e.name = 'visit_reported' AND e.body ->> 'outcome' = 'agreed'))
  AND NOT EXISTS (SELECT FROM visits v WHERE v.case_id = c.case_id AND v.ended_at IS NULL
                    AND v.checked_in_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM agreements o WHERE o.case_id = c.case_id
                    AND o.status IN ('offered', 'signed'))
RETURNING g.agreement_id;

-- name: completed_no_more(case_id)$
-- The agreement that was completed when the case was closed, if a payment of it was reversed since.
SELECT g.agreement_id
FROM collection_cases c
JOIN agreements g ON g.case_id = c.case_id AND g.status = 'completed' AND g.ended_at = c.closed_at
JOIN agreement_balances k USING (agreement_id)
WHERE c.case_id = :case_id AND k.rest_minor > 0;

-- name: reopen_agreement(agreement_id, now)!
UPDATE agreements SET status = 'signed', ended_at = NULL, in_force_again_at = :now
WHERE agreement_id = :agreement_id;

-- name: end_waiver(agreement_id, loan_id, now)!
UPDATE payments SET reversed_at = :now
WHERE payment_id = :agreement_id || ':waiver' AND loan_id = :loan_id AND reversed_at IS NULL;

-- name: give_up_plan(plan_id, now)!
UPDATE proposed_plans SET given_up_at = :now WHERE plan_id = :plan_id AND given_up_at IS NULL;

-- name: offered_at(agreement_id)$
SELECT offered_at FROM agreements WHERE agreement_id = :agreement_id;

-- name: sign_agreement(agreement_id, sha256, signatories, costs_confirmed_at, now)^
-- Nothing when it is not offered any more.
UPDATE agreements SET status = 'signed', signed_at = :now, signed_sha256 = :sha256,
                      disclosed_at = :costs_confirmed_at, signatories = :signatories::jsonb
WHERE agreement_id = :agreement_id AND status = 'offered'
RETURNING agreement_id;

-- name: supersede_agreement(agreement_id, now)$
-- Ends the agreement that this one replaces. False when that is not in force any more.
WITH ended AS (
    UPDATE agreements o SET status = 'superseded', ended_at = :now
    FROM agreements n
    WHERE n.agreement_id = :agreement_id AND o.agreement_id = n.supersedes AND o.status = 'signed'
    RETURNING o.agreement_id
)
SELECT n.supersedes IS NULL OR EXISTS (SELECT FROM ended)
FROM agreements n WHERE n.agreement_id = :agreement_id;

-- name: charge_penalty(agreement_id, now)!
-- The waiver takes the penalty first; what it leaves of it is owed from now on.
INSERT INTO loan_charges (charge_id, loan_id, agreement_id, kind, amount_minor, due_on, charged_at)
SELECT agreement_id || ':penalty', loan_id, agreement_id, 'penalty', penalty_minor - waiver_minor,
       as_of - 1, :now
FROM agreements WHERE agreement_id = :agreement_id AND penalty_minor > waiver_minor
ON CONFLICT (charge_id) DO NOTHING;

-- name: decline_agreement(agreement_id, now)!
UPDATE agreements SET status = 'declined', ended_at = :now WHERE agreement_id = :agreement_id;

-- name: put_off_instalments(agreement_id)!
-- What is not yet due waits until the agreement is fulfilled: it is moved on by whole months, to
-- where this plan alone puts it, whatever an agreement that it replaces has moved.
UPDATE loan_instalments i
SET put_off_from = coalesce(i.put_off_from, i.due_on),
    due_on = put_off(i.contract_due_on, coalesce(i.put_off_from, i.due_on), plan.months)
FROM (SELECT g.loan_id, g.as_of, months_put_off(g.as_of, max(p.due_on)) AS months
      FROM agreements g JOIN agreement_instalments p USING (agreement_id)
      WHERE g.agreement_id = :agreement_id GROUP BY g.agreement_id) AS plan
WHERE i.loan_id = plan.loan_id AND (i.put_off_from IS NOT NULL OR i.due_on >= plan.as_of);

-- name: first_instalment_after(loan_id, as_of, last_due_on)$
-- When the first of the instalments falls due that a plan from a day to another puts off; NULL where
-- it puts off none.
SELECT min(put_off(contract_due_on, coalesce(put_off_from, due_on),
                   months_put_off(:as_of::date, :last_due_on::date)))
FROM loan_instalments
WHERE loan_id = :loan_id AND (put_off_from IS NOT NULL OR due_on >= :as_of::date);

-- name: resume_instalments(loan_id, now)!
-- The plan is fulfilled: what was put off is due from now on. Where the plan has lasted longer than
-- its dates said, all of it moves on by whole months, so that nothing fell due before.
WITH first AS (
    SELECT i.due_on, i.contract_due_on, local_date(:now, b.time_zone) AS today
    FROM loan_instalments i JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
    WHERE i.loan_id = :loan_id AND i.put_off_from IS NOT NULL
    ORDER BY i.due_on LIMIT 1
), late AS (
    SELECT CASE WHEN due_on > today THEN 0 ELSE months_put_off(due_on, today)
           -- From the end of a long month to that of a short one it is no whole month.
           + (put_off(contract_due_on, due_on, months_put_off(due_on, today)) <= today)::integer
           END AS months
    FROM first
)
UPDATE loan_instalments i
SET put_off_from = NULL, resumed_from = i.put_off_from,
    due_on = CASE WHEN i.put_off_from IS NULL THEN i.due_on
                  ELSE put_off(i.contract_due_on, i.due_on, (SELECT months FROM late)) END
-- What an earlier plan had put off is no matter of this one.
WHERE i.loan_id = :loan_id AND (i.put_off_from IS NOT NULL OR i.resumed_from IS NOT NULL);

-- name: take_back_resumed(loan_id)!
-- The plan that was fulfilled is not, after all: what it had put off is as it was without it.
UPDATE loan_instalments SET due_on = resumed_from, resumed_from = NULL
WHERE loan_id = :loan_id AND resumed_from IS NOT NULL;

-- name: restore_instalments(case_id)!
-- The plan has ended unfulfilled: what was put off is due again as it was before.
UPDATE loan_instalments i SET due_on = i.put_off_from, put_off_from = NULL
FROM collection_cases c
WHERE c.case_id = :case_id AND i.loan_id = c.loan_id AND i.put_off_from IS NOT NULL;

-- name: grant_waiver(payment_id, loan_id, amount_minor, now)!
INSERT INTO payments (payment_id, loan_id, amount_minor, kind, received_at, recorded_at, source)
VALUES (:payment_id, :loan_id, :amount_minor, 'waiver', :now, :now, 'agreement')
-- It was granted before, and ended with the payment that completed the plan.
ON CONFLICT (payment_id, loan_id) DO UPDATE SET reversed_at = NULL, received_at = :now;

-- name: signed_agreement(case_id)^
-- Of its waiver, only what goes beyond the penalty is taken from the arrears.
SELECT g.agreement_id, greatest(g.waiver_minor - g.penalty_minor, 0) AS waiver_minor,
       k.rest_minor = 0 AS is_fulfilled
FROM agreements g JOIN agreement_balances k USING (agreement_id)
WHERE g.case_id = :case_id AND g.status = 'signed';

-- name: overpaid(loan_id)$
-- What was paid and granted beyond all that was ever owed.
SELECT greatest(
    (SELECT coalesce(sum(amount_minor), 0) FROM payments
     WHERE loan_id = :loan_id AND reversed_at IS NULL)
    - (SELECT coalesce(sum(amount_minor), 0) FROM loan_instalments WHERE loan_id = :loan_id)
    - (SELECT coalesce(sum(amount_minor), 0) FROM loan_charges WHERE loan_id = :loan_id), 0)::bigint;

-- name: told_of_overpaid(loan_id)^
-- What the collectors were told to pay back, less what was taken back of it, and how often it was.
SELECT greatest(coalesce(sum(CASE n.kind WHEN 'overpaid' THEN 1 ELSE -1 END
                             * (n.body ->> 'amount_minor')::bigint), 0), 0)::bigint AS told_minor,
       count(*) FILTER (WHERE n.kind = 'overpaid_taken_back') AS taken_back
FROM staff_notices n
WHERE n.kind IN ('overpaid', 'overpaid_taken_back')
  AND (n.case_id IN (SELECT case_id FROM collection_cases WHERE loan_id = :loan_id)
       OR n.loan_id = :loan_id);

-- name: plan_beside(payment_id, loan_id)^
-- The agreement, offered or signed, whose plan the payment does not count towards: it was not in its
-- debt any more. Reversed, it is owed beside the plan.
SELECT agreement_id, case_id FROM agreements
WHERE loan_id = :loan_id AND status IN ('offered', 'signed')
  AND counted_after >= (SELECT sequence FROM payments
                        WHERE payment_id = :payment_id AND loan_id = :loan_id)
ORDER BY status = 'signed' DESC LIMIT 1;

-- name: taken_back_before_offer(loan_id, counted_after, counted_from)
-- Payments that the debt of a plan knew of, and that were taken back before it was offered.
SELECT payment_id, amount_minor FROM payments
WHERE loan_id = :loan_id AND kind = 'payment' AND sequence <= :counted_after
  AND reversed_at > :counted_from
ORDER BY sequence;
