-- name: notify_staff(notice_id, case_id, audience, kind, body, now)!
INSERT INTO staff_notices (notice_id, case_id, audience, kind, body, created_at)
VALUES (:notice_id, :case_id, :audience, :kind, :body::jsonb, :now)
ON CONFLICT (notice_id) DO NOTHING;
