-- A hold says whether it is a complaint's own: no other hold takes its place, or releases it
-- depends: 0014-who-is-who

-- migrate: apply
ALTER TABLE holds
    ADD COLUMN complaint_id text,
    ADD CONSTRAINT hold_of_its_complaint FOREIGN KEY (loan_id, complaint_id) REFERENCES complaints;
-- Until now the name said it; one that was placed by an event, under that name, was no complaint's.
UPDATE holds h SET complaint_id = c.complaint_id
FROM complaints c
WHERE h.loan_id = c.loan_id AND h.hold_id = 'complaint:' || c.complaint_id
  AND NOT EXISTS (
      SELECT FROM case_events e
      WHERE e.loan_id = h.loan_id AND e.name = 'hold_placed' AND e.accepted
        AND e.body ->> 'hold_id' = h.hold_id);
-- A complaint that is open and whose hold another had shadowed is given its own.
INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at, complaint_id)
SELECT c.loan_id, 'complaint:' || c.complaint_id || ':2', l.borrower_id, 'complaint', c.filed_at,
       c.complaint_id
FROM complaints c JOIN loans l USING (loan_id)
WHERE c.resolved_at IS NULL AND NOT EXISTS (
    SELECT FROM holds h WHERE h.loan_id = c.loan_id AND h.complaint_id = c.complaint_id)
ON CONFLICT DO NOTHING;
CREATE INDEX holds_of_complaints ON holds (loan_id, complaint_id) WHERE complaint_id IS NOT NULL;

-- migrate: rollback
DROP INDEX holds_of_complaints;
ALTER TABLE holds DROP CONSTRAINT hold_of_its_complaint, DROP COLUMN complaint_id;
