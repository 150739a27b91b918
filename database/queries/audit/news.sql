-- The audit of news (G16): none of a loan is lost or out of its order, and no fact is without its own.

-- name: audit_news_in_order(now)
-- G16: what is kept of a loan's news is without a gap, up to its count, and published in its order.
SELECT loan_id AS subject,
       concat('news ', sequence, ' follow ', sequence_before, CASE
           WHEN position < position_before THEN ' but stand before them in the feed' END) AS what
FROM (SELECT *, lag(sequence) OVER in_order AS sequence_before,
             lag(position) OVER in_order AS position_before
      FROM news WINDOW in_order AS (PARTITION BY loan_id ORDER BY sequence)) AS told
WHERE :now::timestamptz IS NOT NULL  -- news are counted, whenever they were
  AND (sequence <> sequence_before + 1 OR position < position_before)
UNION ALL
SELECT c.loan_id, concat('its last news, ', c.sequence, ', are lost')
FROM news_counts c
WHERE NOT EXISTS (SELECT FROM news n WHERE n.loan_id = c.loan_id AND n.sequence = c.sequence);

-- name: audit_facts_told(now)
-- G16: each fact of a case whose beginning was told has news of its own.
WITH told AS MATERIALIZED (
    SELECT type, CASE split_part(type, '.', 1)
        WHEN 'case' THEN data ->> 'case_id' WHEN 'contact' THEN data ->> 'attempt_id'
        WHEN 'promise' THEN data ->> 'promise_id' WHEN 'visit' THEN data ->> 'visit_id'
        WHEN 'plan' THEN data ->> 'plan_id' WHEN 'agreement' THEN data ->> 'agreement_id'
        ELSE data ->> 'notice_id' END AS id
    FROM (SELECT type, nullif(body, '')::json -> 'data' AS data FROM news) AS news  -- erased: none
), facts AS (
    SELECT case_id, case_id AS id, 'case.ended' AS type FROM collection_cases
    WHERE closed_at IS NOT NULL
    UNION ALL
    SELECT case_id, attempt_id, 'contact.made' FROM contact_attempts
    WHERE status IN ('sent', 'unknown')
    UNION ALL
    SELECT case_id, promise_id, 'promise.made' FROM promises
    UNION ALL
    SELECT case_id, visit_id, 'visit.' || status FROM visits
    UNION ALL
    SELECT case_id, plan_id, 'plan.proposed' FROM proposed_plans
    UNION ALL
    SELECT case_id, agreement_id, 'agreement.' || status FROM agreements
    UNION ALL
    SELECT case_id, notice_id::text, 'notice.' || kind FROM staff_notices
)
SELECT f.id AS subject, concat('nobody was told: ', f.type, ' of case ', f.case_id) AS what
FROM facts f JOIN told opened ON opened.type = 'case.opened' AND opened.id = f.case_id
WHERE :now::timestamptz IS NOT NULL
  AND NOT EXISTS (SELECT FROM told t WHERE t.type = f.type AND t.id = f.id);
