-- News for other systems: where they go, the feed, and what became of each delivery.

-- name: news_endpoints()
SELECT e.endpoint_id, e.url, e.types, e.lenders, e.salt, e.previous_salt, e.previous_until,
       e.added_at, e.rotated_at, e.disabled_at, e.disabled_because, e.failing_since, e.paused_until
FROM news_endpoints e ORDER BY e.endpoint_id;

-- name: news_deliveries_by_state()
SELECT d.endpoint_id, count(*) FILTER (WHERE d.state = 'waiting') AS waiting,
       count(*) FILTER (WHERE d.state = 'dead') AS dead,
       min(n.written_at) FILTER (WHERE d.state = 'waiting') AS oldest_waiting
FROM news_deliveries d JOIN news n USING (news_id)
WHERE d.state IN ('waiting', 'dead')
GROUP BY d.endpoint_id;

-- name: add_endpoint(endpoint_id, url, types, lenders, salt, now)$
INSERT INTO news_endpoints (endpoint_id, url, types, lenders, salt, added_at)
VALUES (:endpoint_id, :url, :types, :lenders, :salt, :now)
ON CONFLICT (endpoint_id) DO NOTHING RETURNING endpoint_id;

-- name: rotate_endpoint(endpoint_id, salt, until, now)$
UPDATE news_endpoints
SET previous_salt = salt, previous_until = :until, salt = :salt, rotated_at = :now
WHERE endpoint_id = :endpoint_id RETURNING endpoint_id;

-- name: disable_endpoint(endpoint_id, because, now)$
UPDATE news_endpoints SET disabled_at = :now, disabled_because = :because
WHERE endpoint_id = :endpoint_id AND disabled_at IS NULL RETURNING endpoint_id;

-- name: enable_endpoint(endpoint_id, now)$
-- What waits is tried at once; answers with since when news were not kept for it.
WITH old AS (
    SELECT endpoint_id, disabled_at FROM news_endpoints
    WHERE endpoint_id = :endpoint_id AND disabled_at IS NOT NULL FOR UPDATE
), due AS (
    UPDATE news_deliveries d SET next_at = :now FROM old
    WHERE d.endpoint_id = old.endpoint_id AND d.state = 'waiting'
)
UPDATE news_endpoints e
SET disabled_at = NULL, disabled_because = NULL, failing_since = NULL, paused_until = NULL
FROM old WHERE e.endpoint_id = old.endpoint_id RETURNING old.disabled_at;

-- name: lock_feed()$
-- One at a time gives places; who finds it locked leaves it to them.
SELECT last FROM news_feed FOR UPDATE SKIP LOCKED;

-- name: publish_news(most, now)$
-- Gives committed news their places in the feed, and a delivery to each endpoint that wants them: one
-- that was disabled before they were written does not, one that was disabled since keeps them waiting.
WITH next AS (
    SELECT news_id, row_number() OVER (ORDER BY news_id) AS number
    FROM (SELECT news_id FROM news WHERE position IS NULL ORDER BY news_id LIMIT :most) AS waiting
), placed AS (
    UPDATE news n SET position = f.last + next.number
    FROM next CROSS JOIN news_feed f WHERE n.news_id = next.news_id
    RETURNING n.news_id, n.loan_id, n.lender, n.type, n.body, n.written_at
), addressed AS (
    INSERT INTO news_deliveries (endpoint_id, news_id, loan_id, next_at)
    SELECT e.endpoint_id, p.news_id, p.loan_id, :now
    FROM placed p JOIN news_endpoints e
      ON (e.disabled_at IS NULL OR e.disabled_at > p.written_at) AND p.body <> ''  -- erased since
      AND (p.lender = ANY (e.lenders) OR '*' = ANY (e.lenders))
      AND (p.type = ANY (e.types) OR split_part(p.type, '.', 1) || '.*' = ANY (e.types)
           OR '*' = ANY (e.types))
)
UPDATE news_feed SET last = last + (SELECT count(*) FROM placed)
RETURNING (SELECT count(*) FROM placed);

-- name: feed_of_news(after, most, lenders)
-- What was erased has no body, and is not told again.
SELECT n.position, n.news_id, n.body FROM news n
WHERE n.position > :after AND n.body <> '' AND (n.lender = ANY (:lenders::text[]) OR '*' = ANY (:lenders))
ORDER BY n.position LIMIT :most;

-- name: claim_deliveries(endpoint_id, now, until, most)
-- The first that waits of each loan, if its time has come: until then nobody else tries it.
WITH heads AS (
    SELECT d.endpoint_id, d.news_id
    FROM news_deliveries d JOIN news_endpoints e USING (endpoint_id)
    WHERE d.endpoint_id = :endpoint_id AND d.state = 'waiting' AND d.next_at <= :now
      AND e.disabled_at IS NULL AND (e.paused_until IS NULL OR e.paused_until <= :now)
      AND NOT EXISTS (SELECT FROM news_deliveries b
                      WHERE b.endpoint_id = d.endpoint_id AND b.loan_id = d.loan_id
                        AND b.state = 'waiting' AND b.news_id < d.news_id)
    ORDER BY d.next_at, d.news_id LIMIT :most FOR UPDATE OF d SKIP LOCKED
)
UPDATE news_deliveries d SET next_at = :until
FROM heads h JOIN news n USING (news_id)
WHERE d.endpoint_id = h.endpoint_id AND d.news_id = h.news_id
RETURNING d.endpoint_id, d.news_id, d.loan_id, d.attempts, n.type, n.body;

-- name: put_back(endpoint_id, news_id, now)$
-- True where the endpoint rests or is disabled since the claim: it is claimed again after that.
UPDATE news_deliveries d SET next_at = :now FROM news_endpoints e
WHERE d.endpoint_id = :endpoint_id AND d.news_id = :news_id AND d.state = 'waiting'
  AND e.endpoint_id = d.endpoint_id AND (e.disabled_at IS NOT NULL OR e.paused_until > :now)
RETURNING true;

-- name: note_delivered(endpoint_ids, news_ids, answers, now)!
WITH healthy AS (
    -- What was on its way already ends no rest that another answer has asked for.
    UPDATE news_endpoints
    SET failing_since = NULL, paused_until = CASE WHEN paused_until > :now THEN paused_until END
    WHERE endpoint_id = ANY (:endpoint_ids::text[]) AND failing_since IS NOT NULL
)
UPDATE news_deliveries d
SET state = 'delivered', attempts = d.attempts + 1, last_answer = t.answer, last_at = :now
FROM unnest(:endpoint_ids::text[], :news_ids::bigint[], :answers::text[])
     AS t (endpoint_id, news_id, answer)
WHERE d.endpoint_id = t.endpoint_id AND d.news_id = t.news_id;

-- name: note_not_delivered(endpoint_id, news_id, answer, now, next_at, is_dead, paused_until)$
-- Answers with since when the endpoint fails.
WITH tried AS (
    UPDATE news_deliveries
    SET state = CASE WHEN :is_dead THEN 'dead' ELSE 'waiting' END, attempts = attempts + 1,
        last_answer = :answer, last_at = :now, next_at = :next_at
    WHERE endpoint_id = :endpoint_id AND news_id = :news_id AND state = 'waiting'
)
UPDATE news_endpoints
SET failing_since = coalesce(failing_since, :now),
    paused_until = greatest(paused_until, :paused_until)
WHERE endpoint_id = :endpoint_id RETURNING failing_since;

-- name: replay_news(endpoint_id, news_ids, since, until, now)$
-- Once more, in order for a loan: by id, or by when they were written. Only what the endpoint wants.
WITH again AS (
    INSERT INTO news_deliveries AS d (endpoint_id, news_id, loan_id, next_at)
    SELECT e.endpoint_id, n.news_id, n.loan_id, :now
    FROM news_endpoints e JOIN news n
      ON (n.lender = ANY (e.lenders) OR '*' = ANY (e.lenders))
     AND (n.type = ANY (e.types) OR split_part(n.type, '.', 1) || '.*' = ANY (e.types)
          OR '*' = ANY (e.types))
    WHERE e.endpoint_id = :endpoint_id AND n.position IS NOT NULL AND n.body <> ''
      AND (:news_ids::bigint[] IS NULL OR n.news_id = ANY (:news_ids))
      AND (:since::timestamptz IS NULL OR n.written_at >= :since)
      AND (:until::timestamptz IS NULL OR n.written_at < :until)
    ON CONFLICT (endpoint_id, news_id) DO UPDATE
    SET state = 'waiting', attempts = 0, next_at = :now
    RETURNING d.news_id
)
SELECT count(*) FROM again;

-- name: prune_news(before)$
-- What is older, up to the first of its loan that is not, waits, or is its last: no gap comes of it.
WITH kept AS (
    SELECT loan_id, min(sequence) AS first
    FROM (SELECT n.loan_id, n.sequence FROM news n
          WHERE n.written_at >= :before OR n.position IS NULL OR EXISTS (
              SELECT FROM news_deliveries d WHERE d.news_id = n.news_id AND d.state = 'waiting')
          UNION ALL SELECT loan_id, sequence FROM news_counts) AS needed
    GROUP BY loan_id
), old AS (
    SELECT n.news_id FROM news n JOIN kept k USING (loan_id) WHERE n.sequence < k.first
), delivered AS (
    DELETE FROM news_deliveries d USING old o WHERE d.news_id = o.news_id
), gone AS (
    DELETE FROM news n USING old o WHERE n.news_id = o.news_id RETURNING n.news_id
)
SELECT count(*) FROM gone;

-- name: news_waiting()^
SELECT (SELECT count(*) FROM news_deliveries WHERE state = 'waiting') AS waiting,
       (SELECT count(*) FROM news_endpoints WHERE disabled_because <> 'by_hand') AS disabled;
