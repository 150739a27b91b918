-- name: staff_member(staff_id)^
SELECT level, active FROM staff WHERE staff_id = :staff_id;

-- name: add_staff_member(staff_id, level)*!
INSERT INTO staff (staff_id, level) VALUES (:staff_id, :level)
ON CONFLICT (staff_id) DO UPDATE SET level = excluded.level, active = true;
