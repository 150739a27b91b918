-- Borrowers, their phones and addresses, loans, instalments, payments
-- depends:

-- migrate: apply
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Domains, for a constraint of the table would be read and asked at each new revision of a row.
CREATE DOMAIN language AS text CHECK (VALUE IN ('zh', 'en'));
CREATE DOMAIN channels AS text[] CHECK (VALUE <@ ARRAY['sms', 'call', 'visit']);

CREATE TABLE borrowers (
    borrower_id      text PRIMARY KEY,
    full_name        text NOT NULL,
    language         language NOT NULL,
    time_zone        text NOT NULL,
    blocked_channels channels NOT NULL DEFAULT '{}',
    agreed_hours     jsonb NOT NULL DEFAULT '[]',
    -- When the last event of any of the borrower's cases was written: no contact is reserved as
    -- of an earlier moment, so that the record keeps its order.
    last_event_at    timestamptz,
    -- Counts events, payments and reserved contacts. A contact is reserved only while it is as it
    -- was when the rules were asked: nothing they would have looked at has come in between.
    revision         bigint NOT NULL DEFAULT 0
);

CREATE TABLE phones (
    phone_id    text PRIMARY KEY,
    borrower_id text NOT NULL REFERENCES borrowers,
    number      text NOT NULL,
    priority    integer NOT NULL DEFAULT 1,
    status      text NOT NULL DEFAULT 'usable' CHECK (status IN
        ('usable', 'invalid', 'wrong_person', 'refused')),
    blocked_at  timestamptz,
    -- Whose number it is. A contact person who refused is never asked again.
    relation    text NOT NULL DEFAULT 'self' CHECK (relation IN ('self', 'contact_person')),
    CHECK (status <> 'refused' OR relation = 'contact_person')
);
CREATE INDEX phones_of_borrower ON phones (borrower_id, priority, phone_id);

CREATE TABLE addresses (
    address_id  text PRIMARY KEY,
    borrower_id text NOT NULL REFERENCES borrowers,
    line        text NOT NULL,
    region      text NOT NULL,
    status      text NOT NULL DEFAULT 'usable' CHECK (status IN ('usable', 'wrong'))
);
CREATE INDEX addresses_of_borrower ON addresses (borrower_id);

CREATE TABLE loans (
    loan_id                 text PRIMARY KEY,
    borrower_id             text NOT NULL REFERENCES borrowers,
    lender                  text NOT NULL,
    currency                char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    principal_minor         bigint NOT NULL CHECK (principal_minor > 0),
    annual_rate_percent     numeric(7, 4) NOT NULL CHECK (annual_rate_percent >= 0),
    term_months             integer NOT NULL CHECK (term_months > 0),
    status                  text NOT NULL DEFAULT 'active' CHECK (status IN
        ('active', 'settled', 'written_off', 'transferred', 'withdrawn', 'in_legal')),
    -- A cumulative shortfall up to this much is rounding, not arrears.
    arrears_tolerance_minor bigint NOT NULL DEFAULT 0 CHECK (arrears_tolerance_minor >= 0),
    annual_income_minor     bigint,
    purpose                 text,
    reported_status         text,
    -- In which order a payment covers what is overdue, as the contract says (Civil Code 561).
    allocation_order        text[] NOT NULL DEFAULT '{penalty,interest,principal}'
        CHECK (allocation_order <@ ARRAY['penalty', 'interest', 'principal']
               AND allocation_order @> ARRAY['penalty', 'interest', 'principal']
               AND cardinality(allocation_order) = 3),
    -- On top of the contract's rate, on overdue principal; NULL is none.
    penalty_rate_percent    numeric(7, 4) CHECK (penalty_rate_percent >= 0),
    -- These are kept by the triggers below. When the first instalment that is not covered is due: the
    -- scan finds overdue loans by an index.
    oldest_unpaid_due_on    date,
    part_paid_minor         bigint,  -- what payments cover of that one, and of those after it
    outstanding_minor       bigint NOT NULL DEFAULT 0  -- what is due ever, less what was paid
);
CREATE INDEX loans_to_scan ON loans (oldest_unpaid_due_on, loan_id) WHERE status = 'active';
CREATE INDEX loans_of_borrower ON loans (borrower_id);

CREATE TABLE loan_instalments (
    loan_id         text NOT NULL REFERENCES loans,
    number          integer NOT NULL CHECK (number > 0),
    due_on          date NOT NULL,
    -- The date of the contract, kept when an agreement defers the instalment.
    contract_due_on date NOT NULL,
    amount_minor    bigint NOT NULL CHECK (amount_minor > 0),
    -- What of it is interest by the contract's amortisation; the rest is principal, so that the
    -- two always sum to the amount.
    interest_minor  bigint NOT NULL DEFAULT 0,
    principal_minor bigint NOT NULL GENERATED ALWAYS AS (amount_minor - interest_minor) STORED,
    PRIMARY KEY (loan_id, number),
    CHECK (interest_minor BETWEEN 0 AND amount_minor),
    CHECK (due_on >= contract_due_on)
);
CREATE INDEX instalments_by_due_date ON loan_instalments (loan_id, due_on);

CREATE TABLE payments (
    payment_id   text PRIMARY KEY,
    loan_id      text NOT NULL REFERENCES loans,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    -- 'opening' is what a loan tape says was paid before; a 'waiver' is granted, not paid.
    kind         text NOT NULL DEFAULT 'payment' CHECK (kind IN ('opening', 'payment', 'waiver')),
    received_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    reversed_at  timestamptz,
    source       text NOT NULL
);
CREATE INDEX payments_of_loan ON payments (loan_id, recorded_at);

-- What is owed beside the instalments: the penalty that a signed agreement did not waive.
CREATE TABLE loan_charges (
    charge_id    text PRIMARY KEY,
    loan_id      text NOT NULL REFERENCES loans,
    agreement_id text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('penalty')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    -- The day before the agreement's, so that it is overdue at once, after the instalments that
    -- the agreement covers and before those that it defers.
    due_on       date NOT NULL,
    charged_at   timestamptz NOT NULL
);
CREATE INDEX charges_of_loan ON loan_charges (loan_id);

-- What a loan owes as of a day: an instalment due on that very day is not yet overdue. What payments
-- changed is kept with the loan, so that only what is overdue has to be summed up.
CREATE FUNCTION loan_debt(loan loans, today date)
RETURNS TABLE (oldest_unpaid_due_on date, arrears_minor bigint, outstanding_minor bigint)
LANGUAGE sql STABLE AS $$
    SELECT loan.oldest_unpaid_due_on,
           CASE WHEN loan.oldest_unpaid_due_on < today THEN (
               SELECT sum(amount_minor)::bigint
               FROM (SELECT amount_minor FROM loan_instalments
                     WHERE loan_id = loan.loan_id
                       AND due_on >= loan.oldest_unpaid_due_on AND due_on < today
                     UNION ALL
                     SELECT amount_minor FROM loan_charges
                     WHERE loan_id = loan.loan_id
                       AND due_on >= loan.oldest_unpaid_due_on AND due_on < today) AS overdue
               ) - loan.part_paid_minor ELSE 0 END,
           loan.outstanding_minor
$$;

CREATE FUNCTION loan_debt(of_loan text, today date)
RETURNS TABLE (oldest_unpaid_due_on date, arrears_minor bigint, outstanding_minor bigint)
LANGUAGE sql STABLE AS $$
    SELECT d.* FROM loans l CROSS JOIN LATERAL loan_debt(l, today) AS d WHERE l.loan_id = of_loan
$$;

-- Payments cover the oldest instalment or charge first. A shortfall within the tolerance is none.
CREATE FUNCTION refresh_debt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One at a time: who waits here looks only when the other's payment or reversal is to be seen.
    PERFORM FROM loans WHERE loan_id IN (SELECT loan_id FROM changed)
    ORDER BY loan_id FOR NO KEY UPDATE;
    UPDATE loans l
    SET (oldest_unpaid_due_on, part_paid_minor, outstanding_minor) = (
        WITH paid AS (
            SELECT coalesce(sum(amount_minor), 0) AS minor
            FROM payments WHERE loan_id = l.loan_id AND reversed_at IS NULL
        ),
        dues AS (  -- by date, with the sums before each and with it
            SELECT due_on, sum(sum(amount_minor)) OVER so_far - sum(amount_minor) AS before_minor,
                   sum(sum(amount_minor)) OVER so_far AS minor
            FROM (SELECT due_on, amount_minor FROM loan_instalments WHERE loan_id = l.loan_id
                  UNION ALL
                  SELECT due_on, amount_minor FROM loan_charges WHERE loan_id = l.loan_id) AS each_due
            GROUP BY due_on
            WINDOW so_far AS (ORDER BY due_on)
        ),
        unpaid AS (
            SELECT due_on, paid.minor - before_minor AS part_paid_minor,
                   dues.minor - paid.minor AS missing_minor
            FROM dues CROSS JOIN paid
            WHERE dues.minor - paid.minor > l.arrears_tolerance_minor
        )
        SELECT min(due_on), max(part_paid_minor), coalesce(max(missing_minor), 0) FROM unpaid
    )
    WHERE l.loan_id IN (SELECT loan_id FROM changed);
    RETURN NULL;
END;
$$;

-- A settled loan of which a payment is reversed is owed again: the scan has to see it.
CREATE FUNCTION reopen_settled_loan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loans SET status = 'active'
    WHERE loan_id = NEW.loan_id AND status = 'settled';
    RETURN NULL;
END;
$$;
CREATE TRIGGER payment_reversed AFTER UPDATE OF reversed_at ON payments FOR EACH ROW
    WHEN (OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL)
    EXECUTE FUNCTION reopen_settled_loan();

-- The ledger may write a payment itself, without an event.
CREATE FUNCTION note_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE borrowers b SET revision = revision + 1
    FROM loans l WHERE l.loan_id = NEW.loan_id AND b.borrower_id = l.borrower_id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER payment_noted AFTER INSERT ON payments FOR EACH ROW
    WHEN (NEW.kind <> 'opening') EXECUTE FUNCTION note_payment();

-- So may wishes and numbers be written by another system, in the midst of a reservation.
CREATE FUNCTION note_wish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END;
$$;
CREATE TRIGGER wish_noted BEFORE UPDATE OF blocked_channels, agreed_hours, time_zone ON borrowers
    FOR EACH ROW EXECUTE FUNCTION note_wish();

CREATE FUNCTION note_of_borrower() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE borrowers SET revision = revision + 1 WHERE borrower_id = NEW.borrower_id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER phone_noted AFTER UPDATE OF status, blocked_at ON phones FOR EACH ROW
    WHEN (OLD.status <> NEW.status OR OLD.blocked_at IS DISTINCT FROM NEW.blocked_at)
    EXECUTE FUNCTION note_of_borrower();

CREATE TRIGGER instalments_added AFTER INSERT ON loan_instalments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt();
CREATE TRIGGER instalments_moved AFTER UPDATE ON loan_instalments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt();
CREATE TRIGGER payments_added AFTER INSERT ON payments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt();
CREATE TRIGGER payments_changed AFTER UPDATE ON payments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt();

CREATE TRIGGER charges_added AFTER INSERT ON loan_charges
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt();

-- migrate: rollback
DROP FUNCTION loan_debt(loans, date);
DROP TABLE loan_charges, payments, loan_instalments, loans, addresses, phones, borrowers;
DROP DOMAIN language, channels;
DROP FUNCTION refresh_debt;
DROP FUNCTION reopen_settled_loan;
DROP FUNCTION note_payment;
DROP FUNCTION note_wish;
DROP FUNCTION note_of_borrower;
DROP FUNCTION loan_debt(text, date);
