-- An end that was cut short is on record as that, and is taken up again
-- depends: 0033-told-to-the-end

-- migrate: apply

-- It is closed, and what follows from its end is not all done: its closing notice, its file. A worker
-- of before closes without a word on that, and its cases are not taken up.
ALTER TABLE collection_cases ADD COLUMN is_ending boolean NOT NULL DEFAULT false;
-- What an end of before has left open, of loans without another case: a loan has one workflow. A
-- closing notice that was never tried would come too late.
UPDATE collection_cases c SET is_ending = true
WHERE c.closed_at IS NOT NULL
  AND (EXISTS (SELECT FROM contact_attempts a
               WHERE a.case_id = c.case_id AND a.status = 'reserved')
       OR c.outcome = 'handed_to_legal'
          AND NOT EXISTS (SELECT FROM legal_packages p WHERE p.case_id = c.case_id))
  AND NOT EXISTS (SELECT FROM collection_cases other
                  WHERE other.loan_id = c.loan_id AND other.closed_at IS NULL);
UPDATE contact_attempts a SET status = 'unknown', outcome = 'nobody has asked in time'
FROM collection_cases c
WHERE c.case_id = a.case_id AND a.status = 'reserved' AND c.closed_at IS NOT NULL AND NOT c.is_ending;
CREATE INDEX unfinished_cases ON collection_cases (loan_id) WHERE closed_at IS NULL OR is_ending;

-- Nobody is erased of whom a run has still something to say.
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

-- migrate: rollback
CREATE OR REPLACE FUNCTION past_retention(moment timestamptz)
RETURNS TABLE (borrower_id text, kind text, ended_at timestamptz, years integer, held_by text,
               rule_id text)
LANGUAGE sql STABLE AS $$
    SELECT ended.borrower_id, period.kind, ended.at, period.years, ended.held_by,
           period.rule_id
    FROM (SELECT l.borrower_id, max(c.closed_at) AS at, CASE
                     WHEN bool_or(c.closed_at IS NULL) THEN 'a case is open'
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
DROP INDEX unfinished_cases;
ALTER TABLE collection_cases DROP COLUMN is_ending;
