-- A promise that was kept by a payment is broken when that payment is taken back
-- depends: 0031-plans-kept-after-all

-- migrate: apply
CREATE FUNCTION break_promises_taken_back(of_loan text, at timestamptz) RETURNS void
LANGUAGE sql AS $$
    UPDATE promises p SET status = 'broken', resolved_at = at
    WHERE p.loan_id = of_loan AND p.status = 'kept'
      AND EXISTS (
          SELECT FROM payments q
          WHERE q.loan_id = p.loan_id AND q.kind = 'payment' AND q.reversed_at IS NOT NULL
            AND q.sequence > p.made_after AND q.recorded_at <= p.resolved_at)
      AND p.amount_minor > (
          SELECT coalesce(sum(q.amount_minor), 0) FROM payments q
          WHERE q.loan_id = p.loan_id AND q.kind = 'payment' AND q.reversed_at IS NULL
            AND q.sequence > p.made_after)
$$;
CREATE FUNCTION see_payment_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM break_promises_taken_back(NEW.loan_id, NEW.reversed_at);
    RETURN NULL;
END;
$$;
CREATE TRIGGER payment_taken_back AFTER UPDATE OF reversed_at ON payments
    FOR EACH ROW WHEN (OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL)
    EXECUTE FUNCTION see_payment_taken_back();
SELECT break_promises_taken_back(loan_id, max(reversed_at))
FROM payments WHERE reversed_at IS NOT NULL GROUP BY loan_id;

-- migrate: rollback
DROP TRIGGER payment_taken_back ON payments;
DROP FUNCTION see_payment_taken_back, break_promises_taken_back;
