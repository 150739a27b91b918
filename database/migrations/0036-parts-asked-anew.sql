-- A part that was paid and is open again is asked for from when its payment was taken back
-- depends: 0035-heard-of

-- migrate: apply

-- Since when the next part is asked for: when the one before it was covered, or a payment that was
-- counted was taken back, as far as we know. A ledger may write that before anybody tells the case.
CREATE OR REPLACE FUNCTION part_open_since(of_agreement text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    WITH counted AS (
        SELECT greatest(p.received_at, p.recorded_at) AS at, p.reversed_at, p.sequence,
               p.amount_minor, g.carried_minor
        FROM agreements g JOIN payments p USING (loan_id)
        WHERE g.agreement_id = of_agreement AND p.kind = 'payment'
          AND p.sequence > g.counted_after
          AND (g.counted_until IS NULL OR p.sequence <= g.counted_until)
    ), paid AS (
        SELECT at, sum(amount_minor) OVER (ORDER BY sequence) - carried_minor AS minor
        FROM counted WHERE reversed_at IS NULL
    ), parts AS (
        SELECT sum(amount_minor) OVER (ORDER BY number) AS minor
        FROM agreement_instalments WHERE agreement_id = of_agreement
    ), covered AS (
        SELECT max(minor) AS minor FROM parts WHERE minor <= (SELECT max(minor) FROM paid)
    )
    SELECT greatest((SELECT min(paid.at) FROM paid, covered WHERE paid.minor >= covered.minor),
                    (SELECT max(reversed_at) FROM counted))
$$;

-- migrate: rollback
CREATE OR REPLACE FUNCTION part_open_since(of_agreement text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    WITH paid AS (
        SELECT greatest(p.received_at, p.recorded_at) AS at,
               sum(p.amount_minor) OVER (ORDER BY p.sequence) - g.carried_minor AS minor
        FROM agreements g JOIN payments p USING (loan_id)
        WHERE g.agreement_id = of_agreement AND p.kind = 'payment' AND p.reversed_at IS NULL
          AND p.sequence > g.counted_after
          AND (g.counted_until IS NULL OR p.sequence <= g.counted_until)
    ), parts AS (
        SELECT sum(amount_minor) OVER (ORDER BY number) AS minor
        FROM agreement_instalments WHERE agreement_id = of_agreement
    ), covered AS (
        SELECT max(minor) AS minor FROM parts WHERE minor <= (SELECT max(minor) FROM paid)
    )
    SELECT min(paid.at) FROM paid, covered WHERE paid.minor >= covered.minor
$$;
