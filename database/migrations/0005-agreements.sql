-- The agreements that visits lead to
-- depends: 0004-visits

-- migrate: apply
CREATE TABLE agreements (
    agreement_id       text PRIMARY KEY,
    case_id            text NOT NULL REFERENCES collection_cases,
    loan_id            text NOT NULL REFERENCES loans,
    visit_id           text NOT NULL REFERENCES visits,
    plan_id            text NOT NULL,
    -- The day whose arrears it covers; instalments due from then on are deferred.
    as_of              date NOT NULL,
    status             text NOT NULL CHECK (status IN
        ('offered', 'signed', 'declined', 'expired', 'withdrawn', 'broken', 'completed',
         'superseded')),
    total_minor        bigint NOT NULL CHECK (total_minor > 0),
    waiver_minor       bigint NOT NULL CHECK (waiver_minor >= 0),
    waiver_approver_id text,
    supersedes         text REFERENCES agreements,
    -- Payments since `counted_from` that the agreement it supersedes had counted.
    carried_minor      bigint NOT NULL DEFAULT 0 CHECK (carried_minor >= 0),
    -- Accrued to `as_of`: charged at the signature, as far as the waiver leaves it.
    penalty_minor      bigint NOT NULL DEFAULT 0 CHECK (penalty_minor >= 0),
    -- The exact bytes: the PDF is what is signed, the HTML its reading copy.
    document_html      bytea NOT NULL,
    document_pdf       bytea NOT NULL,
    html_sha256        text NOT NULL CHECK (html_sha256 = encode(sha256(document_html), 'hex')),
    document_sha256    text NOT NULL CHECK (document_sha256 = encode(sha256(document_pdf), 'hex')),
    -- The id of who signs for the lender.
    lender_signatory   text,
    -- The last day of the limitation period if it is signed; NULL where no rule is known.
    limitation_until   date,
    offered_at         timestamptz NOT NULL,
    -- Payments recorded from then on are measured against the parts.
    counted_from       timestamptz NOT NULL,
    expires_at         timestamptz NOT NULL,
    -- When the borrower confirmed the cost disclosure.
    disclosed_at       timestamptz,
    signed_at          timestamptz,
    signed_sha256      text,
    signatories        jsonb,
    ended_at           timestamptz,
    -- The document that was signed is the document that was offered.
    CHECK (signed_sha256 IS NULL OR signed_sha256 = document_sha256),
    CHECK (status NOT IN ('signed', 'broken', 'completed', 'superseded') OR
           (signed_at IS NOT NULL AND signed_sha256 IS NOT NULL))
);
CREATE INDEX agreements_of_case ON agreements (case_id);
CREATE INDEX agreements_of_loan ON agreements (loan_id);
-- One in force, and beside it one that may replace it.
CREATE UNIQUE INDEX one_live_agreement_a_case ON agreements (case_id, status)
    WHERE status IN ('offered', 'signed');

-- The lender's people with authority; whoever is not here approves as an approver.
CREATE TABLE staff (
    staff_id text PRIMARY KEY,
    level    text NOT NULL CHECK (level IN ('approver', 'senior_approver')),
    active   boolean NOT NULL DEFAULT true
);

CREATE TABLE agreement_instalments (
    agreement_id text NOT NULL REFERENCES agreements,
    number       integer NOT NULL CHECK (number > 0),
    due_on       date NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (agreement_id, number)
);

CREATE FUNCTION check_parts_sum_to_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT total_minor FROM agreements WHERE agreement_id = NEW.agreement_id) IS DISTINCT FROM
       (SELECT sum(amount_minor) FROM agreement_instalments WHERE agreement_id = NEW.agreement_id)
    THEN
        RAISE EXCEPTION 'the parts of agreement % do not sum to its total', NEW.agreement_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER agreement_is_whole AFTER INSERT OR UPDATE ON agreements
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_parts_sum_to_total();
CREATE CONSTRAINT TRIGGER agreement_parts_are_whole AFTER INSERT OR UPDATE ON agreement_instalments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_parts_sum_to_total();

-- migrate: rollback
DROP TABLE agreement_instalments, agreements, staff;
DROP FUNCTION check_parts_sum_to_total;
