-- name: resolve_promise(promise_id, status, now)!
UPDATE promises SET status = :status, resolved_at = :now
WHERE promise_id = :promise_id AND status = 'open';

-- name: resolve_open_promises(case_id, status, now)!
UPDATE promises SET status = :status, resolved_at = :now
WHERE case_id = :case_id AND status = 'open';
