-- Who has answered a message can be reached; and nothing is erased that waits to be judged
-- depends: 0034-ends-are-finished

-- migrate: apply

-- Nobody else is asked for who has answered.
CREATE OR REPLACE FUNCTION right_party_facts(of_borrower text, intent text, moment timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        -- What is said of one entry of a number holds for all of them.
        'confirmed', (
            SELECT coalesce(json_object_agg(known.phone_id, known.confirmed_by), '{}') FROM (
                SELECT p.phone_id, json_agg(DISTINCT c.confirmed_by) AS confirmed_by
                FROM phones p
                JOIN phones same ON same.borrower_id = p.borrower_id AND same.number = p.number
                     AND same.relation = 'self'
                JOIN phone_confirmations c ON c.phone_id = same.phone_id
                     AND c.confirmed_at <= moment
                WHERE p.borrower_id = of_borrower AND p.relation = 'self'
                GROUP BY p.phone_id) AS known),
        'refused_phone_ids', to_json(ARRAY(
            SELECT p.phone_id FROM phones p
            WHERE p.borrower_id = of_borrower AND p.relation = 'self' AND p.status = 'refused'
            ORDER BY p.phone_id)),
        'first_messages', to_json(ARRAY(
            SELECT json_build_object('at', a.reserved_at, 'phone_id', a.phone_id)
            FROM contact_attempts a
            WHERE a.borrower_id = of_borrower AND a.template = 'first_message'
              AND a.status <> 'failed' AND a.intent_key <> intent
              AND a.reserved_at > moment - interval '61 days'
            ORDER BY a.reserved_at)),
        'conversations', to_json(ARRAY(
            SELECT json_build_object('at', k.held_at, 'loan_id', k.loan_id) FROM conversations k
            WHERE k.borrower_id = of_borrower AND k.held_at > moment - interval '367 days'
            ORDER BY k.held_at)),
        -- Asked only where somebody else could be.
        'last_act_at', CASE WHEN EXISTS (
            SELECT FROM phones p WHERE p.borrower_id = of_borrower
              AND p.relation = 'contact_person' AND p.status = 'usable') THEN (
            SELECT max(act.at) FROM loans l CROSS JOIN LATERAL (
                SELECT max(least(p.received_at, moment)) AS at FROM payments p
                WHERE p.loan_id = l.loan_id AND p.kind = 'payment'
                UNION ALL SELECT max(k.held_at) FROM conversations k WHERE k.loan_id = l.loan_id
                UNION ALL SELECT max(least(r.received_at, moment)) FROM replies r
                JOIN phones p USING (phone_id)
                WHERE p.borrower_id = l.borrower_id AND p.relation = 'self'
                  AND r.read_as IS DISTINCT FROM 'wrong_person'
                UNION ALL SELECT max(v.reported_at) FROM visits v
                WHERE v.loan_id = l.loan_id AND v.outcome IN ('agreed', 'refused')
                UNION ALL SELECT max(least(e.occurred_at, moment)) FROM case_events e
                WHERE e.loan_id = l.loan_id AND e.accepted AND (
                    e.name IN ('promise_made', 'complaint_filed', 'contact_preferences_changed',
                               'borrower_said', 'phone_confirmed', 'appointment_confirmed',
                               'appointment_declined', 'agreement_signed', 'agreement_declined',
                               'renegotiation_requested')
                    OR e.name = 'visit_requested' AND e.body ->> 'applicant' = 'borrower')
            ) AS act WHERE l.borrower_id = of_borrower) END)
$$;

-- What was taken in at the door and is not judged yet is not erased.
CREATE OR REPLACE FUNCTION past_retention(moment timestamptz)
RETURNS TABLE (borrower_id text, kind text, ended_at timestamptz, years integer, held_by text,
               rule_id text)
LANGUAGE sql STABLE AS $$
    SELECT ended.borrower_id, period.kind, since.at, period.years, ended.held_by,
           period.rule_id
    FROM (SELECT l.borrower_id, max(c.closed_at) AS at, CASE
                     WHEN bool_or(c.closed_at IS NULL) THEN 'a case is open'
                     WHEN bool_or(c.is_ending) THEN 'the end of a case is not finished'
                     WHEN EXISTS (SELECT FROM inbox i JOIN loans o USING (loan_id)
                                  WHERE o.borrower_id = l.borrower_id AND i.answer IS NULL)
                         THEN 'an event waits at the door'
                     WHEN bool_or(l.status = 'in_legal') THEN 'a loan is with the legal desk'
                     WHEN bool_or(l.status = 'active' AND l.outstanding_minor > 0)
                         THEN 'a loan is still repaid'
                     WHEN EXISTS (SELECT FROM holds h
                                  WHERE h.borrower_id = l.borrower_id AND h.released_at IS NULL
                                    AND coalesce(h.until > moment, true)) THEN 'a hold is in force'
                 END AS held_by
          FROM loans l LEFT JOIN collection_cases c USING (loan_id)
          GROUP BY l.borrower_id) AS ended
    CROSS JOIN LATERAL (
        SELECT k.kind, CASE WHEN bool_and(y.years IS NOT NULL) THEN max(y.years) END AS years,
               (array_agg(y.rule_id ORDER BY y.years DESC, y.rule_id))[1] AS rule_id
        FROM (VALUES ('contact'), ('agreement'), ('person')) AS k (kind)
        CROSS JOIN loans l JOIN collection_cases c USING (loan_id)
        JOIN policies p ON p.version = c.policy_version
        CROSS JOIN LATERAL (
            SELECT (r.rule ->> 'value')::integer AS years, r.rule ->> 'id' AS rule_id
            FROM (SELECT p.body -> 'aftercare' -> (k.kind || '_retention_years')) AS r (rule)) AS y
        WHERE l.borrower_id = ended.borrower_id
        GROUP BY k.kind) AS period
    -- What was heard of a loan at rest after an erasure has a period of its own.
    CROSS JOIN LATERAL (SELECT CASE WHEN period.kind = 'contact' AND EXISTS (
            SELECT FROM erasures x WHERE x.borrower_id = ended.borrower_id
              AND x.kind = 'contact' AND x.erased_at >= ended.at)
        THEN greatest(ended.at, (
            SELECT max(e.received_at) FROM case_events e JOIN loans o USING (loan_id)
            WHERE o.borrower_id = ended.borrower_id AND e.case_id IS NULL))
        ELSE ended.at END) AS since (at)
    WHERE ended.at + make_interval(years => period.years) < moment
      AND since.at + make_interval(years => period.years) < moment
      AND NOT EXISTS (SELECT FROM erasures x
                      WHERE x.borrower_id = ended.borrower_id AND x.kind = period.kind
                        AND x.erased_at >= since.at)
$$;

-- migrate: rollback
CREATE OR REPLACE FUNCTION right_party_facts(of_borrower text, intent text, moment timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        -- What is said of one entry of a number holds for all of them.
        'confirmed', (
            SELECT coalesce(json_object_agg(known.phone_id, known.confirmed_by), '{}') FROM (
                SELECT p.phone_id, json_agg(DISTINCT c.confirmed_by) AS confirmed_by
                FROM phones p
                JOIN phones same ON same.borrower_id = p.borrower_id AND same.number = p.number
                     AND same.relation = 'self'
                JOIN phone_confirmations c ON c.phone_id = same.phone_id
                     AND c.confirmed_at <= moment
                WHERE p.borrower_id = of_borrower AND p.relation = 'self'
                GROUP BY p.phone_id) AS known),
        'refused_phone_ids', to_json(ARRAY(
            SELECT p.phone_id FROM phones p
            WHERE p.borrower_id = of_borrower AND p.relation = 'self' AND p.status = 'refused'
            ORDER BY p.phone_id)),
        'first_messages', to_json(ARRAY(
            SELECT json_build_object('at', a.reserved_at, 'phone_id', a.phone_id)
            FROM contact_attempts a
            WHERE a.borrower_id = of_borrower AND a.template = 'first_message'
              AND a.status <> 'failed' AND a.intent_key <> intent
              AND a.reserved_at > moment - interval '61 days'
            ORDER BY a.reserved_at)),
        'conversations', to_json(ARRAY(
            SELECT json_build_object('at', k.held_at, 'loan_id', k.loan_id) FROM conversations k
            WHERE k.borrower_id = of_borrower AND k.held_at > moment - interval '367 days'
            ORDER BY k.held_at)),
        -- Asked only where somebody else could be.
        'last_act_at', CASE WHEN EXISTS (
            SELECT FROM phones p WHERE p.borrower_id = of_borrower
              AND p.relation = 'contact_person' AND p.status = 'usable') THEN (
            SELECT max(act.at) FROM loans l CROSS JOIN LATERAL (
                SELECT max(least(p.received_at, moment)) AS at FROM payments p
                WHERE p.loan_id = l.loan_id AND p.kind = 'payment'
                UNION ALL SELECT max(k.held_at) FROM conversations k WHERE k.loan_id = l.loan_id
                UNION ALL SELECT max(v.reported_at) FROM visits v
                WHERE v.loan_id = l.loan_id AND v.outcome IN ('agreed', 'refused')
                UNION ALL SELECT max(least(e.occurred_at, moment)) FROM case_events e
                WHERE e.loan_id = l.loan_id AND e.accepted AND (
                    e.name IN ('promise_made', 'complaint_filed', 'contact_preferences_changed',
                               'borrower_said', 'phone_confirmed', 'appointment_confirmed',
                               'appointment_declined', 'agreement_signed', 'agreement_declined',
                               'renegotiation_requested')
                    OR e.name = 'visit_requested' AND e.body ->> 'applicant' = 'borrower')
            ) AS act WHERE l.borrower_id = of_borrower) END)
$$;
CREATE OR REPLACE FUNCTION past_retention(moment timestamptz)
RETURNS TABLE (borrower_id text, kind text, ended_at timestamptz, years integer, held_by text,
               rule_id text)
LANGUAGE sql STABLE AS $$
    SELECT ended.borrower_id, period.kind, ended.at, period.years, ended.held_by,
           period.rule_id
    FROM (SELECT l.borrower_id, max(c.closed_at) AS at, CASE
                     WHEN bool_or(c.closed_at IS NULL) THEN 'a case is open'
                     WHEN bool_or(c.is_ending) THEN 'the end of a case is not finished'
                     WHEN bool_or(l.status = 'in_legal') THEN 'a loan is with the legal desk'
                     WHEN bool_or(l.status = 'active' AND l.outstanding_minor > 0)
                         THEN 'a loan is still repaid'
                     WHEN EXISTS (SELECT FROM holds h
                                  WHERE h.borrower_id = l.borrower_id AND h.released_at IS NULL
                                    AND coalesce(h.until > moment, true)) THEN 'a hold is in force'
                 END AS held_by
          FROM loans l LEFT JOIN collection_cases c USING (loan_id)
          GROUP BY l.borrower_id) AS ended
    CROSS JOIN LATERAL (
        SELECT k.kind, CASE WHEN bool_and(y.years IS NOT NULL) THEN max(y.years) END AS years,
               (array_agg(y.rule_id ORDER BY y.years DESC, y.rule_id))[1] AS rule_id
        FROM (VALUES ('contact'), ('agreement'), ('person')) AS k (kind)
        CROSS JOIN loans l JOIN collection_cases c USING (loan_id)
        JOIN policies p ON p.version = c.policy_version
        CROSS JOIN LATERAL (
            SELECT (r.rule ->> 'value')::integer AS years, r.rule ->> 'id' AS rule_id
            FROM (SELECT p.body -> 'aftercare' -> (k.kind || '_retention_years')) AS r (rule)) AS y
        WHERE l.borrower_id = ended.borrower_id
        GROUP BY k.kind) AS period
    WHERE ended.at + make_interval(years => period.years) < moment
      AND NOT EXISTS (SELECT FROM erasures x
                      WHERE x.borrower_id = ended.borrower_id AND x.kind = period.kind
                        AND x.erased_at >= ended.at)
$$;
