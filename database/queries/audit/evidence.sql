-- The audit of the record itself: G15. Rows are hashed again, and each link is held against the one
-- before it. It uses the functions that link: they say what is hashed, and compare nothing.

-- name: audit_chain(now)
-- G15: no link was taken out of a loan's chain, put into it, or changed.
SELECT loan_id AS subject,
       concat('link ', sequence, ' (', kind, ' ', row_id, ') does not follow from the one before it')
           AS what
FROM (SELECT *, lag(sequence, 1, 0::bigint) OVER links AS sequence_before,
             lag(chain) OVER links AS chain_before
      FROM evidence
      WINDOW links AS (PARTITION BY loan_id ORDER BY sequence)) AS link
WHERE :now::timestamptz IS NOT NULL  -- links have no time of their own
  AND (sequence <> sequence_before + 1
       OR chain <> chain_of(chain_before, kind, row_id, digest))
UNION ALL
SELECT coalesce(h.loan_id, e.loan_id), 'the chain does not end with its last link'
FROM last_links h FULL JOIN (
    SELECT DISTINCT ON (loan_id) * FROM evidence ORDER BY loan_id, sequence DESC) AS e
    USING (loan_id)
WHERE (h.sequence, h.chain) IS DISTINCT FROM (e.sequence, e.chain);

-- name: audit_linked_rows(now)
-- G15: each row is as its last link says. What was erased has left its hash, and nothing else may
-- have changed with it.
SELECT coalesce(last.loan_id, fact ->> 'loan_id', fact ->> 'case_id') AS subject,
       concat(kind, ' ', row_id, ' was ', CASE WHEN last.digest IS NULL THEN 'inserted'
                                               WHEN fact IS NULL THEN 'removed'
                                               ELSE 'altered' END, ' afterwards') AS what
FROM evidence_rows() FULL JOIN (
    SELECT DISTINCT ON (kind, row_id) * FROM evidence
    ORDER BY kind, row_id, sequence DESC) AS last USING (kind, row_id)
WHERE :now::timestamptz IS NOT NULL
  AND (last.digest IS NULL OR fact IS NULL
       OR last.digest <> digest_of(kept_part(kind, fact), CASE
              WHEN personal_part(kind, fact) <> '{}'
                  THEN sha256_of(concat(last.salt, personal_part(kind, fact)))
              WHEN last.salt IS NULL THEN last.personal END));
