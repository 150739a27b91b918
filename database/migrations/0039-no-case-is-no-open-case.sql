-- A loan that never had a case stops no erasure: it was taken for an open case
-- depends: 0038-kept-long-enough

-- migrate: apply
CREATE OR REPLACE FUNCTION past_retention(moment timestamptz)
RETURNS TABLE (borrower_id text, kind text, ended_at timestamptz, years integer, held_by text,
               rule_id text)
LANGUAGE sql STABLE AS $$
    SELECT ended.borrower_id, period.kind, since.at, period.years, ended.held_by,
           period.rule_id
    FROM (SELECT l.borrower_id, max(c.closed_at) AS at, CASE
                     WHEN bool_or(c.case_id IS NOT NULL AND c.closed_at IS NULL)
                         THEN 'a case is open'
                     WHEN bool_or(c.is_ending) THEN 'the end of a case is not finished'
                     WHEN EXISTS (SELECT FROM inbox i JOIN loans o USING (loan_id)
                                  WHERE o.borrower_id = l.borrower_id AND i.answer IS NULL)
                         THEN 'an event waits at the door'
                     WHEN bool_or(l.status = 'in_legal' AND l.outstanding_minor > 0)
                         THEN 'a loan is with the legal desk'
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
    -- A loan goes on being paid and spoken of after its case.
    CROSS JOIN LATERAL (SELECT max(last.at) AS at FROM (
        SELECT ended.at
        UNION ALL SELECT p.received_at FROM payments p JOIN loans o USING (loan_id)
        WHERE o.borrower_id = ended.borrower_id AND p.kind = 'payment' AND p.reversed_at IS NULL
        UNION ALL SELECT e.received_at FROM case_events e JOIN loans o USING (loan_id)
        WHERE o.borrower_id = ended.borrower_id AND e.case_id IS NULL
        UNION ALL SELECT greatest(t.filed_at, t.resolved_at)
        FROM complaints t JOIN loans o USING (loan_id) WHERE o.borrower_id = ended.borrower_id
    ) AS last (at)) AS since
    WHERE ended.at + make_interval(years => period.years) < moment
      AND since.at + make_interval(years => period.years) < moment
      AND NOT EXISTS (SELECT FROM erasures x
                      WHERE x.borrower_id = ended.borrower_id AND x.kind = period.kind
                        AND x.erased_at >= since.at)
$$;

-- migrate: rollback
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
                     WHEN bool_or(l.status = 'in_legal' AND l.outstanding_minor > 0)
                         THEN 'a loan is with the legal desk'
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
    -- A loan goes on being paid and spoken of after its case.
    CROSS JOIN LATERAL (SELECT max(last.at) AS at FROM (
        SELECT ended.at
        UNION ALL SELECT p.received_at FROM payments p JOIN loans o USING (loan_id)
        WHERE o.borrower_id = ended.borrower_id AND p.kind = 'payment' AND p.reversed_at IS NULL
        UNION ALL SELECT e.received_at FROM case_events e JOIN loans o USING (loan_id)
        WHERE o.borrower_id = ended.borrower_id AND e.case_id IS NULL
        UNION ALL SELECT greatest(t.filed_at, t.resolved_at)
        FROM complaints t JOIN loans o USING (loan_id) WHERE o.borrower_id = ended.borrower_id
    ) AS last (at)) AS since
    WHERE ended.at + make_interval(years => period.years) < moment
      AND since.at + make_interval(years => period.years) < moment
      AND NOT EXISTS (SELECT FROM erasures x
                      WHERE x.borrower_id = ended.borrower_id AND x.kind = period.kind
                        AND x.erased_at >= since.at)
$$;
