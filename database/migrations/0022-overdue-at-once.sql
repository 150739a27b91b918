-- A loan that owes more than before is heard of at once: the scan is the net beneath
-- depends: 0021-news

-- migrate: apply
-- Whether it is overdue is for the business clock to say, and to whoever listens. Payments on their
-- way down, and loans whose case has a run, are silent.
CREATE FUNCTION call_owed_loan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('owed_loans', NEW.loan_id);
    RETURN NULL;
END;
$$;
CREATE TRIGGER owed_anew AFTER UPDATE OF status, oldest_unpaid_due_on ON loans FOR EACH ROW
    WHEN (NEW.status = 'active' AND NOT NEW.in_collection AND NEW.oldest_unpaid_due_on IS NOT NULL
          AND (OLD.status <> 'active' OR OLD.oldest_unpaid_due_on IS NULL
               OR NEW.oldest_unpaid_due_on < OLD.oldest_unpaid_due_on))
    EXECUTE FUNCTION call_owed_loan();

-- migrate: rollback
DROP TRIGGER owed_anew ON loans;
DROP FUNCTION call_owed_loan;
