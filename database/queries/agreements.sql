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
-- promises to pay, signed agreements, and calls and visits that reached the borrower (LA-03). A
-- message is no demand without a receipt.
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
                   AND purpose <> 'locate') AS happened (at)
             WHERE happened.at <= :now) AS interrupted_on;

-- name: offer_agreement(agreement_id, case_id, loan_id, visit_id, plan_id, as_of, total_minor, waiver_minor, waiver_approver_id, supersedes, carried_minor, penalty_minor, html, pdf, html_sha256, sha256, lender_signatory, limitation_until, counted_from, counted_after, now, expires_at)!
INSERT INTO agreements (agreement_id, case_id, loan_id, visit_id, plan_id, as_of, status, total_minor,
                        waiver_minor, waiver_approver_id, supersedes, carried_minor, penalty_minor,
                        document_html, document_pdf, html_sha256, document_sha256, lender_signatory,
                        limitation_until, counted_from, counted_after, offered_at, expires_at)
VALUES (:agreement_id, :case_id, :loan_id, :visit_id, :plan_id, :as_of, 'offered', :total_minor,
        :waiver_minor, :waiver_approver_id, :supersedes, :carried_minor, :penalty_minor,
        :html, :pdf, :html_sha256, :sha256, :lender_signatory,
        :limitation_until, :counted_from, :counted_after, :now, :expires_at);

-- name: add_agreement_part(agreement_id, number, due_on, amount_minor)*!
INSERT INTO agreement_instalments (agreement_id, number, due_on, amount_minor)
VALUES (:agreement_id, :number, :due_on, :amount_minor);

-- name: end_agreement(case_id, was, status, now)!
UPDATE agreements SET status = :status, ended_at = :now
WHERE case_id = :case_id AND status = :was;

-- name: give_up_plan(plan_id, now)!
UPDATE proposed_plans SET given_up_at = :now WHERE plan_id = :plan_id AND given_up_at IS NULL;

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

-- name: defer_instalments(agreement_id)!
-- What is not yet due waits until the agreement is fulfilled: moved on by whole months. Where an
-- agreement replaces another, by the difference to what that one has moved. Months are added to
-- the date of the contract, so that the end of a short month is not kept for good.
WITH pauses AS (
    SELECT g.agreement_id, g.supersedes, g.loan_id, g.as_of,
           (extract(year FROM age(max(p.due_on), g.as_of)) * 12
            + extract(month FROM age(max(p.due_on), g.as_of)))::integer + 1 AS months
    FROM agreements g JOIN agreement_instalments p USING (agreement_id)
    WHERE g.agreement_id = :agreement_id OR g.agreement_id = (
        SELECT n.supersedes FROM agreements n WHERE n.agreement_id = :agreement_id)
    GROUP BY g.agreement_id
), pause AS (
    SELECT n.loan_id, n.as_of, n.months - coalesce(o.months, 0) AS months
    FROM pauses n LEFT JOIN pauses o ON o.agreement_id = n.supersedes
    WHERE n.agreement_id = :agreement_id
)
UPDATE loan_instalments i
SET due_on = (i.contract_due_on + make_interval(months => pause.months
    + ((extract(year FROM i.due_on) - extract(year FROM i.contract_due_on)) * 12
       + extract(month FROM i.due_on) - extract(month FROM i.contract_due_on))::integer))::date
FROM pause
WHERE i.loan_id = pause.loan_id AND i.due_on >= pause.as_of;

-- name: grant_waiver(payment_id, loan_id, amount_minor, now)!
INSERT INTO payments (payment_id, loan_id, amount_minor, kind, received_at, recorded_at, source)
VALUES (:payment_id, :loan_id, :amount_minor, 'waiver', :now, :now, 'agreement')
ON CONFLICT (payment_id, loan_id) DO NOTHING;

-- name: signed_agreement(case_id)^
-- Of its waiver, only what goes beyond the penalty is taken from the arrears.
SELECT agreement_id, greatest(waiver_minor - penalty_minor, 0) AS waiver_minor
FROM agreements WHERE case_id = :case_id AND status = 'signed';
