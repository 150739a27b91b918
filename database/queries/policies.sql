-- name: store_policy(version, profile, sha256, body, longest_window_days, now)!
INSERT INTO policies (version, profile, sha256, body, longest_window_days, stored_at)
VALUES (:version, :profile, :sha256, :body::jsonb, :longest_window_days, :now)
ON CONFLICT (version) DO NOTHING;

-- name: stored_policy(version)^
SELECT sha256, body::text AS policy FROM policies WHERE version = :version;
