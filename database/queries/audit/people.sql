-- The audit of who decided, who signed and who answered: people are compared as identities.

-- name: audit_signatures(now)
-- G7: a signature is the borrower's, given after the document was offered and before it expired.
-- Clocks may differ by a day. A waiver was decided on by nobody who had a part in it, and nothing is
-- signed that somebody has negotiated who was barred from the borrower before.
SELECT g.agreement_id AS subject, problem.what
FROM agreements g
JOIN loans l USING (loan_id)
JOIN visits v USING (visit_id)
LEFT JOIN LATERAL (
    SELECT min(e.occurred_at) AS at FROM case_events e
    WHERE e.case_id = g.case_id AND e.name = 'agreement_signed' AND e.accepted
      AND e.body ->> 'agreement_id' = g.agreement_id) AS given ON true
CROSS JOIN LATERAL (
    SELECT ARRAY(
        SELECT canonical_id(e.body ->> 'requested_by_id')
        FROM proposed_plans q JOIN case_events e USING (case_id, event_id)
        WHERE q.plan_id = g.plan_id AND e.name = 'renegotiation_requested'
        UNION SELECT canonical_id(k.badge_id) FROM visit_crew k
        WHERE g.supersedes IS NULL AND k.visit_id = v.visit_id AND k.slot_id = v.slot_id) AS people
) AS negotiated
CROSS JOIN LATERAL (VALUES
    (g.signed_at IS NULL OR NOT EXISTS (
         SELECT FROM crew_bars x
         WHERE x.borrower_id = l.borrower_id AND x.since < g.signed_at
           AND canonical_id(x.badge_id) = ANY (negotiated.people)),
     'signed, and negotiated by somebody who had been barred from the borrower'),
    (g.signed_at IS NULL OR EXISTS (
         SELECT FROM jsonb_array_elements_text(g.signatories) AS who
         WHERE canonical_id(who) = canonical_id(l.borrower_id)), 'the borrower has not signed it'),
    (given.at IS NULL OR given.at >= g.offered_at - interval '1 day', 'signed before it was offered'),
    (given.at IS NULL OR given.at < g.expires_at + interval '1 day', 'signed after it had expired'),
    (g.waiver_approver_id IS NULL OR NOT canonical_id(g.waiver_approver_id) IN (
         SELECT canonical_id(l.borrower_id)
         UNION SELECT canonical_id(v.applicant_id)
         UNION SELECT unnest(negotiated.people)
         UNION SELECT canonical_id(k.badge_id) FROM visit_crew k
         WHERE k.visit_id = v.visit_id AND k.slot_id = v.slot_id),
     concat('its waiver was approved by ', g.waiver_approver_id, ', who has a part in it'))
) AS problem (is_kept, what)
WHERE g.offered_at <= :now AND problem.is_kept IS NOT TRUE
ORDER BY g.offered_at, g.agreement_id;

-- name: audit_complaints(now)
-- G4, CN-19: a complaint holds until its answer; nobody answers for what they have a part in.
SELECT o.complaint_id AS subject,
       concat('the complaint on loan ', o.loan_id, ' is open, and nothing holds for it') AS what
FROM complaints o
WHERE o.filed_at <= :now AND o.resolved_at IS NULL
  -- Whoever writes one for a case that has ended writes its hold, too.
  AND EXISTS (SELECT FROM case_events e
              WHERE e.loan_id = o.loan_id AND e.name = 'complaint_filed' AND e.accepted
                AND e.body ->> 'complaint_id' = o.complaint_id)
  AND NOT EXISTS (SELECT FROM holds h
                  WHERE h.loan_id = o.loan_id AND h.complaint_id = o.complaint_id
                    AND h.released_at IS NULL AND h.until IS NULL)
UNION ALL
SELECT o.complaint_id, concat('the complaint on loan ', o.loan_id, ' was answered by ',
                              coalesce(o.handler_id, 'nobody'), ', who ' || part.what)
FROM complaints o
JOIN case_events e ON e.loan_id = o.loan_id AND e.name = 'complaint_resolved' AND e.accepted
                   AND e.body ->> 'complaint_id' = o.complaint_id
LEFT JOIN LATERAL (
    WITH matter AS (
        SELECT of_theirs.loan_id, l.borrower_id
        FROM loans l JOIN loans of_theirs USING (borrower_id) WHERE l.loan_id = o.loan_id
    )
    SELECT p.what FROM (
        SELECT 'is the borrower' AS what, matter.borrower_id AS person_id,
               NULL::timestamptz AS since
        FROM matter
        UNION ALL
        SELECT 'applied for visit ' || visit_id, applicant_id, requested_at
        FROM visits JOIN matter USING (loan_id)
        UNION ALL
        SELECT 'approved visit ' || a.visit_id, a.approver_id, a.approved_at
        FROM visit_approvals a JOIN visits v USING (visit_id) JOIN matter USING (loan_id)
        UNION ALL
        SELECT 'decided on ' || coalesce(d.body ->> 'plan_id', d.body ->> 'visit_id'),
               d.body ->> 'approver_id', d.received_at
        FROM case_events d JOIN matter USING (loan_id)
        WHERE d.accepted AND d.name IN ('visit_rejected', 'plan_approved', 'plan_rejected')
        UNION ALL
        SELECT 'asked for another plan', d.body ->> 'requested_by_id', d.received_at
        FROM case_events d JOIN matter USING (loan_id)
        WHERE d.accepted AND d.name = 'renegotiation_requested'
        UNION ALL
        SELECT 'was booked crew of visit ' || k.visit_id, k.badge_id, lower(k.slot)
        FROM visit_crew k JOIN visits v USING (visit_id) JOIN matter USING (loan_id)
    ) AS p
    WHERE canonical_id(p.person_id) = canonical_id(o.handler_id)
      AND coalesce(p.since < o.resolved_at, true)
    ORDER BY p.what LIMIT 1) AS part ON true
WHERE o.resolved_at <= :now AND (o.handler_id IS NULL OR part.what IS NOT NULL);

-- name: audit_overdue_complaints(now)
-- G10: an answer to a complaint that is two days overdue was told to its handlers, whether or not
-- its case is open: a complaint is a hold itself, and no hold and no end puts its answer off.
SELECT o.complaint_id AS subject,
       concat('the complaint ', o.complaint_id, ' should have been answered by ',
              o.answer_due_at, ', and nobody was told that it is overdue') AS what
FROM complaints o
LEFT JOIN collection_cases c ON c.loan_id = o.loan_id AND c.closed_at IS NULL
WHERE o.resolved_at IS NULL AND o.filed_at <= :now
  AND greatest(o.answer_due_at, c.opened_at) < :now::timestamptz - interval '2 days'
  AND NOT EXISTS (
      SELECT FROM staff_notices n LEFT JOIN collection_cases k USING (case_id)
      WHERE o.loan_id IN (n.loan_id, k.loan_id) AND n.kind = 'complaint_overdue'
        AND n.body ->> 'complaint_id' = o.complaint_id AND n.created_at >= o.answer_due_at);
