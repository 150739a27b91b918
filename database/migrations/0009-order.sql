-- The record's own order, tables that hold by themselves, and wishes by when they were said
-- depends: 0008-words

-- migrate: apply

-- ---------------------------------------------------------------------------------------------
-- The order of payments is ours. Others fill `recorded_at`: a ledger books before it writes.
-- ---------------------------------------------------------------------------------------------
CREATE SEQUENCE payments_in_order;
ALTER TABLE payments ADD COLUMN sequence bigint;
ALTER TABLE payments DISABLE TRIGGER USER;
UPDATE payments p SET sequence = n.number
FROM (SELECT payment_id, row_number() OVER (ORDER BY recorded_at, payment_id) AS number
      FROM payments) AS n
WHERE n.payment_id = p.payment_id;
ALTER TABLE payments ENABLE TRIGGER USER;
SELECT setval('payments_in_order', count(*) + 1, false) FROM payments;
-- One transfer may be allocated to several loans: then it is a row for each.
ALTER TABLE payments ALTER COLUMN sequence SET NOT NULL,
    ALTER COLUMN sequence SET DEFAULT nextval('payments_in_order'),
    DROP CONSTRAINT payments_pkey,
    ADD PRIMARY KEY (payment_id, loan_id);
DROP INDEX payments_of_loan;
CREATE INDEX payments_of_loan ON payments (loan_id, sequence);

-- Numbered while the borrower is locked, as whoever records an event has locked them: what has the
-- lower number is on record first. What a tape says was paid before counts towards nothing.
CREATE FUNCTION number_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.loan_id = OLD.loan_id THEN
        NEW.sequence := OLD.sequence;
        RETURN NEW;
    END IF;
    IF NEW.kind <> 'opening' THEN
        PERFORM FROM borrowers b JOIN loans l USING (borrower_id) WHERE l.loan_id = NEW.loan_id
        FOR NO KEY UPDATE OF b;
    END IF;
    NEW.sequence := nextval('payments_in_order');
    RETURN NEW;
END;
$$;
CREATE TRIGGER payment_numbered BEFORE INSERT OR UPDATE OF loan_id, sequence ON payments
    FOR EACH ROW EXECUTE FUNCTION number_payment();

-- The number of a loan's last payment; or of the last one that was written down before a moment.
CREATE FUNCTION last_payment(of_loan text, before timestamptz DEFAULT 'infinity') RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(sequence), 0) FROM payments
    WHERE loan_id = of_loan AND recorded_at < before
$$;

-- What counts towards a promise, a plan or a case is what came after the last payment before it.
ALTER TABLE promises ADD COLUMN made_after bigint;
UPDATE promises SET made_after = last_payment(loan_id, made_at);
ALTER TABLE promises ALTER COLUMN made_after SET NOT NULL;
CREATE FUNCTION mark_promise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.made_after := coalesce(NEW.made_after, last_payment(NEW.loan_id));
    RETURN NEW;
END;
$$;
CREATE TRIGGER promise_marked BEFORE INSERT ON promises
    FOR EACH ROW EXECUTE FUNCTION mark_promise();

ALTER TABLE agreements ADD COLUMN counted_after bigint, ADD COLUMN counted_until bigint;
ALTER TABLE agreements DISABLE TRIGGER USER;
UPDATE agreements SET counted_after = last_payment(loan_id, counted_from),
    counted_until = CASE WHEN ended_at IS NOT NULL
                         THEN last_payment(loan_id, ended_at + interval '1 microsecond') END;
ALTER TABLE agreements ENABLE TRIGGER USER;
-- An offer names the last payment that its plan knew of; one of an earlier release does not.
CREATE FUNCTION mark_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.counted_after := coalesce(
        NEW.counted_after,
        (SELECT g.counted_after FROM agreements g WHERE g.agreement_id = NEW.supersedes),
        last_payment(NEW.loan_id, NEW.counted_from));
    NEW.counted_until := CASE WHEN NEW.ended_at IS NOT NULL
                              THEN coalesce(NEW.counted_until, last_payment(NEW.loan_id)) END;
    RETURN NEW;
END;
$$;
CREATE TRIGGER agreement_marked BEFORE INSERT OR UPDATE OF ended_at ON agreements
    FOR EACH ROW EXECUTE FUNCTION mark_agreement();

ALTER TABLE collection_cases ADD COLUMN opened_after bigint;
UPDATE collection_cases SET opened_after = last_payment(loan_id, opened_at);
ALTER TABLE collection_cases ALTER COLUMN opened_after SET NOT NULL;
CREATE FUNCTION mark_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.opened_after := coalesce(NEW.opened_after, last_payment(NEW.loan_id));
    RETURN NEW;
END;
$$;
CREATE TRIGGER case_marked BEFORE INSERT ON collection_cases
    FOR EACH ROW EXECUTE FUNCTION mark_case();

-- ---------------------------------------------------------------------------------------------
-- What is owed follows its tables, whoever writes them and however.
-- ---------------------------------------------------------------------------------------------

-- Never NULL, and no sum is too large for it: an event is recorded whatever is in the tables.
CREATE OR REPLACE FUNCTION loan_debt(loan loans, today date)
RETURNS TABLE (oldest_unpaid_due_on date, arrears_minor bigint, outstanding_minor bigint)
LANGUAGE sql STABLE AS $$
    SELECT loan.oldest_unpaid_due_on,
           CASE WHEN loan.oldest_unpaid_due_on < today THEN greatest((
               SELECT least(coalesce(sum(amount_minor), 0), 9223372036854775807)::bigint
               FROM (SELECT amount_minor FROM loan_instalments
                     WHERE loan_id = loan.loan_id
                       AND due_on >= loan.oldest_unpaid_due_on AND due_on < today
                     UNION ALL
                     SELECT amount_minor FROM loan_charges
                     WHERE loan_id = loan.loan_id
                       AND due_on >= loan.oldest_unpaid_due_on AND due_on < today) AS overdue
               ) - coalesce(loan.part_paid_minor, 0), 0) ELSE 0 END,
           loan.outstanding_minor
$$;

CREATE FUNCTION reckon_debt(of_loans text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- One at a time: who waits here looks only when the other's payment or reversal is to be seen.
    PERFORM FROM loans WHERE loan_id = ANY (of_loans) ORDER BY loan_id FOR NO KEY UPDATE;
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
    WHERE l.loan_id = ANY (of_loans);
END;
$$;
CREATE OR REPLACE FUNCTION refresh_debt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reckon_debt(ARRAY(SELECT DISTINCT loan_id FROM changed));
    RETURN NULL;
END;
$$;

-- The same of what was there before: a contact that is about to be reserved is asked for again, and
-- a settled loan that is owed again is seen by the scan. Who is locked first is as for an event.
CREATE FUNCTION reckon_debt_again(of_loans text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    before text[];
BEGIN
    PERFORM FROM borrowers
    WHERE borrower_id IN (SELECT borrower_id FROM loans WHERE loan_id = ANY (of_loans))
    ORDER BY borrower_id FOR NO KEY UPDATE;
    before := ARRAY(SELECT row(loan_id, oldest_unpaid_due_on, part_paid_minor, outstanding_minor)::text
                    FROM loans WHERE loan_id = ANY (of_loans));
    PERFORM reckon_debt(of_loans);
    UPDATE borrowers SET revision = revision + 1
    WHERE borrower_id IN (
        SELECT borrower_id FROM loans WHERE loan_id = ANY (of_loans)
          AND row(loan_id, oldest_unpaid_due_on, part_paid_minor, outstanding_minor)::text
              <> ALL (before));
    UPDATE loans SET status = 'active'
    WHERE loan_id = ANY (of_loans) AND status = 'settled' AND outstanding_minor > 0;
END;
$$;
CREATE FUNCTION refresh_debt_of_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reckon_debt_again(
        ARRAY(SELECT loan_id FROM changed UNION SELECT loan_id FROM removed));
    RETURN NULL;
END;
$$;
CREATE FUNCTION refresh_debt_of_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reckon_debt_again(ARRAY(SELECT DISTINCT loan_id FROM removed));
    RETURN NULL;
END;
$$;
CREATE FUNCTION refresh_debt_of_loan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reckon_debt_again(ARRAY[NEW.loan_id]);
    UPDATE borrowers SET revision = revision + 1 WHERE borrower_id = NEW.borrower_id;
    RETURN NULL;
END;
$$;
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE of % would leave what is owed as it was', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
              HINT = 'DELETE the rows instead: what is owed is then reckoned anew.';
END;
$$;
DROP TRIGGER payments_changed ON payments;
CREATE TRIGGER payments_moved AFTER UPDATE ON payments
    REFERENCING OLD TABLE AS removed NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt_of_moved();
CREATE TRIGGER payments_removed AFTER DELETE ON payments
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt_of_removed();
CREATE TRIGGER payments_not_truncated BEFORE TRUNCATE ON payments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
DROP TRIGGER instalments_moved ON loan_instalments;
CREATE TRIGGER instalments_moved AFTER UPDATE ON loan_instalments
    REFERENCING OLD TABLE AS removed NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt_of_moved();
CREATE TRIGGER instalments_removed AFTER DELETE ON loan_instalments
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt_of_removed();
CREATE TRIGGER instalments_not_truncated BEFORE TRUNCATE ON loan_instalments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
CREATE TRIGGER charges_moved AFTER UPDATE ON loan_charges
    REFERENCING OLD TABLE AS removed NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt_of_moved();
CREATE TRIGGER charges_removed AFTER DELETE ON loan_charges
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt_of_removed();
CREATE TRIGGER charges_not_truncated BEFORE TRUNCATE ON loan_charges
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
CREATE TRIGGER tolerance_changed AFTER UPDATE OF arrears_tolerance_minor ON loans FOR EACH ROW
    WHEN (OLD.arrears_tolerance_minor <> NEW.arrears_tolerance_minor)
    EXECUTE FUNCTION refresh_debt_of_loan();

-- ---------------------------------------------------------------------------------------------
-- Of two wishes the later said binds, field by field; NULL where none was said by an event.
-- ---------------------------------------------------------------------------------------------
ALTER TABLE borrowers ADD COLUMN channels_said_at timestamptz, ADD COLUMN phones_said_at timestamptz,
    ADD COLUMN hours_said_at timestamptz;
UPDATE borrowers b SET channels_said_at = w.channels, phones_said_at = w.phones, hours_said_at = w.hours
FROM (SELECT l.borrower_id,
             max(e.occurred_at) FILTER (WHERE jsonb_typeof(e.body -> 'blocked_channels') = 'array')
                 AS channels,
             max(e.occurred_at) FILTER (WHERE jsonb_typeof(e.body -> 'blocked_phone_ids') = 'array')
                 AS phones,
             max(e.occurred_at) FILTER (WHERE jsonb_typeof(e.body -> 'agreed_hours') = 'array') AS hours
      FROM case_events e JOIN loans l USING (loan_id)
      WHERE e.name = 'contact_preferences_changed' AND e.accepted AND e.occurred_at <= e.received_at
      GROUP BY l.borrower_id) AS w
WHERE w.borrower_id = b.borrower_id;

-- ---------------------------------------------------------------------------------------------
-- A half that came before its other half may come again under its id.
-- ---------------------------------------------------------------------------------------------
ALTER TABLE case_events ADD COLUMN may_come_again boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT case_events_taken_once CHECK (NOT (accepted AND may_come_again)),
    DROP CONSTRAINT case_events_loan_id_event_id_key;
CREATE UNIQUE INDEX case_events_loan_id_event_id_key
    ON case_events (loan_id, event_id, (CASE WHEN may_come_again THEN receipt ELSE '' END));

-- ---------------------------------------------------------------------------------------------
-- What the workflow and the contact gate ask for, as in 0006, by the order above.
-- ---------------------------------------------------------------------------------------------
CREATE OR REPLACE VIEW agreement_balances AS
SELECT g.agreement_id, g.case_id, g.status, p.paid_minor,
       greatest(g.total_minor - p.paid_minor, 0) AS rest_minor
FROM agreements g
CROSS JOIN LATERAL (
    SELECT (coalesce(sum(p.amount_minor), 0) - g.carried_minor)::bigint AS paid_minor
    FROM payments p
    WHERE p.loan_id = g.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL
      AND p.sequence > g.counted_after
      AND (g.counted_until IS NULL OR p.sequence <= g.counted_until)) AS p;

CREATE OR REPLACE FUNCTION case_facts(of_case text, at timestamptz) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'as_of', at,
        'borrower_id', l.borrower_id,
        'lender', l.lender,
        'currency', l.currency,
        'time_zone', b.time_zone,
        'overdue_since', d.oldest_unpaid_due_on,
        'arrears_minor', d.arrears_minor,
        'outstanding_minor', d.outstanding_minor,
        'payments_seen', last_payment(l.loan_id),
        'last_payment_at', (
            SELECT max(p.received_at) FROM payments p
            WHERE p.loan_id = l.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL),
        'holds', (
            SELECT coalesce(json_agg(json_build_object(
                'hold_id', h.hold_id, 'reason', h.reason, 'until', h.until) ORDER BY h.hold_id), '[]')
            FROM holds h
            WHERE h.borrower_id = l.borrower_id AND h.released_at IS NULL
              AND (h.until IS NULL OR h.until > at)),
        'promises', (
            SELECT coalesce(json_agg(json_build_object(
                'promise_id', p.promise_id, 'amount_minor', p.amount_minor, 'due_on', p.due_on,
                'paid_minor', (
                    SELECT coalesce(sum(q.amount_minor), 0) FROM payments q
                    WHERE q.loan_id = l.loan_id AND q.kind = 'payment' AND q.reversed_at IS NULL
                      AND q.sequence > p.made_after)) ORDER BY p.due_on), '[]')
            FROM promises p WHERE p.loan_id = l.loan_id AND p.status = 'open'),
        'complaints', (
            SELECT coalesce(json_agg(json_build_object(
                'complaint_id', o.complaint_id, 'filed_at', o.filed_at,
                'answer_due_at', o.answer_due_at, 'extensions', (
                    SELECT count(*) FROM complaint_extensions x
                    WHERE x.loan_id = o.loan_id AND x.complaint_id = o.complaint_id))
                ORDER BY o.filed_at, o.complaint_id), '[]')
            FROM complaints o WHERE o.loan_id = l.loan_id AND o.resolved_at IS NULL),
        'agreed_hours', b.agreed_hours,
        'messages_sent', (
            SELECT count(*) FROM contact_attempts a
            WHERE a.case_id = c.case_id AND a.channel = 'sms' AND a.purpose = 'collection'
              AND a.status IN ('sent', 'unknown')),
        'calls_made', (
            SELECT count(*) FROM contact_attempts a
            WHERE a.case_id = c.case_id AND a.channel = 'call' AND a.purpose = 'collection'
              AND a.status IN ('sent', 'unknown')),
        'address_ids', (
            SELECT coalesce(json_agg(a.address_id ORDER BY a.address_id), '[]') FROM addresses a
            WHERE a.borrower_id = l.borrower_id AND a.status = 'usable'),
        'has_contact_person', EXISTS (
            SELECT FROM phones p
            WHERE p.borrower_id = l.borrower_id AND p.relation = 'contact_person'
              AND p.status = 'usable'),
        'barred_badge_ids', (
            SELECT coalesce(json_agg(x.badge_id ORDER BY x.badge_id), '[]') FROM crew_bars x
            WHERE x.borrower_id = l.borrower_id),
        'visit_blocked', 'visit' = ANY (b.blocked_channels),
        'plan_total_minor', g.total_minor,
        'plan_paid_minor', coalesce((
            SELECT k.paid_minor FROM agreement_balances k
            WHERE k.agreement_id = g.agreement_id), 0)
    )
    FROM collection_cases c
    JOIN loans l USING (loan_id)
    JOIN borrowers b USING (borrower_id)
    LEFT JOIN agreements g ON g.case_id = c.case_id AND g.status = 'signed'
    CROSS JOIN LATERAL loan_debt(l, (at AT TIME ZONE b.time_zone)::date) d
    WHERE c.case_id = of_case
$$;

CREATE OR REPLACE FUNCTION contact_facts(of_case text, intent text, asked_at timestamptz, days_back integer,
                              OUT recipient json, OUT facts json)
-- Planning it for each call costs more than the best plan saves.
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    this_case collection_cases;
    loan loans;
    person borrowers;
    pinned record;
    debt record;
    moment timestamptz;
    since timestamptz;  -- contacts count
    -- What few messages speak of is looked up only where it is there.
    open_visit text;
    signed_plan text;
    visit_details json;
    plan_details json;
    received_details json;
BEGIN
    SELECT * INTO STRICT this_case FROM collection_cases WHERE case_id = of_case;
    SELECT * INTO STRICT loan FROM loans WHERE loan_id = this_case.loan_id;
    SELECT * INTO STRICT person FROM borrowers WHERE borrower_id = loan.borrower_id;
    SELECT sha256, longest_window_days INTO STRICT pinned
    FROM policies WHERE version = this_case.policy_version;
    moment := greatest(asked_at, person.last_event_at);
    since := moment - make_interval(hours => 24 * greatest(pinned.longest_window_days, days_back));
    SELECT * INTO debt FROM loan_debt(loan, (moment AT TIME ZONE person.time_zone)::date);
    SELECT visit_id INTO open_visit FROM visits WHERE case_id = of_case AND ended_at IS NULL;
    SELECT agreement_id INTO signed_plan
    FROM agreements WHERE case_id = of_case AND status = 'signed';

    IF open_visit IS NOT NULL THEN
        SELECT json_build_object(
                   'visit_code', v.visit_code, 'starts_at', lower(v.slot),
                   'crew', (SELECT json_agg(m.full_name || ' ' || m.badge_id ORDER BY m.badge_id)
                            FROM visit_crew k JOIN crew_members m USING (badge_id)
                            WHERE k.slot_id = v.slot_id AND k.released_at IS NULL))
        INTO visit_details FROM visits v WHERE v.visit_id = open_visit;
    END IF;

    IF signed_plan IS NOT NULL THEN
        -- Which part comes next, and what is missing of it: `domain/plan_progress.py`.
        SELECT json_build_object(
                   'paid_minor', k.paid_minor, 'parts', (
                       SELECT json_agg(json_build_object(
                           'number', i.number, 'due_on', i.due_on,
                           'amount_minor', i.amount_minor) ORDER BY i.number)
                       FROM agreement_instalments i WHERE i.agreement_id = signed_plan))
        INTO plan_details FROM agreement_balances k WHERE k.agreement_id = signed_plan;
    END IF;

    IF this_case.closed_at IS NOT NULL THEN
        -- Under the plan that was fulfilled, or else under the case; said when it has ended.
        SELECT json_build_object(
                   'amount_minor', sum(p.amount_minor),
                   'last_on', (max(p.received_at) AT TIME ZONE person.time_zone)::date)
        INTO received_details FROM payments p
        WHERE p.loan_id = this_case.loan_id AND p.kind <> 'waiver' AND p.reversed_at IS NULL
          AND p.sequence > coalesce((
              SELECT max(g.counted_after) FROM agreements g
              WHERE g.case_id = of_case AND g.status = 'completed'), this_case.opened_after)
        HAVING count(*) > 0;
    END IF;

    SELECT
        json_build_object(
            'at', moment,
            'revision', person.revision,
            'borrower_id', person.borrower_id,
            'loan_id', loan.loan_id,
            'lender', loan.lender,
            'currency', loan.currency,
            'full_name', person.full_name,
            'language', person.language,
            'policy_version', this_case.policy_version,
            'policy_sha256', pinned.sha256,
            'overdue_since', debt.oldest_unpaid_due_on,
            'is_tried', EXISTS (SELECT FROM contact_attempts a WHERE a.intent_key = intent),
            'visit', visit_details,
            'plan', plan_details,
            'received', received_details),
        json_build_object(
            'time_zone', person.time_zone,
            'loan_id', loan.loan_id,
            'case_open', this_case.closed_at IS NULL,
            'arrears_minor', debt.arrears_minor,
            'holds', to_json(ARRAY(
                SELECT json_build_object(
                    'hold_id', h.hold_id, 'reason', h.reason, 'until', h.until)
                FROM holds h
                WHERE h.borrower_id = person.borrower_id AND h.released_at IS NULL
                  AND (h.until IS NULL OR h.until > moment))),
            'blocked_channels', person.blocked_channels,
            'agreed_hours', person.agreed_hours,
            'promise_open', EXISTS (
                SELECT FROM promises p WHERE p.loan_id = loan.loan_id AND p.status = 'open'),
            'plan_honoured', signed_plan IS NOT NULL,
            -- A call is pending when it is not reported back, or when the report leaves it open
            -- whether a conversation took place.
            'attempts', to_json(ARRAY(
                SELECT past
                FROM (SELECT a.reserved_at AS at, a.channel, a.purpose, a.phone_id, a.loan_id,
                             CASE WHEN a.outcome = 'connected' THEN 'connected'
                                  WHEN a.outcome IN ('no_answer', 'busy', 'invalid_number',
                                                     'wrong_person') THEN 'unanswered'
                                  ELSE 'pending' END AS fate
                      FROM contact_attempts a
                      WHERE a.borrower_id = person.borrower_id AND a.reserved_at > since
                        AND a.status <> 'failed' AND a.intent_key <> intent
                      ORDER BY a.reserved_at) AS past)),
            'phones', to_json(ARRAY(
                SELECT json_build_object('phone_id', n.phone_id, 'usable', n.usable,
                                         'blocked', n.blocked, 'relation', n.relation)
                -- A number is one number, also where it has several entries; his own comes first.
                FROM (SELECT DISTINCT ON (p.number)
                             p.phone_id, p.status = 'usable' AS usable,
                             p.blocked_at IS NOT NULL AS blocked, p.relation, p.priority
                      FROM phones p WHERE p.borrower_id = person.borrower_id
                      ORDER BY p.number, p.relation <> 'self', p.priority, p.phone_id) AS n
                ORDER BY n.priority, n.phone_id)))
    INTO recipient, facts;
END;
$$;

-- migrate: rollback
CREATE OR REPLACE FUNCTION contact_facts(of_case text, intent text, asked_at timestamptz, days_back integer,
                              OUT recipient json, OUT facts json)
-- Planning it for each call costs more than the best plan saves.
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    this_case collection_cases;
    loan loans;
    person borrowers;
    pinned record;
    debt record;
    moment timestamptz;
    since timestamptz;  -- contacts count
    -- What few messages speak of is looked up only where it is there.
    open_visit text;
    signed_plan text;
    visit_details json;
    plan_details json;
    received_details json;
BEGIN
    SELECT * INTO STRICT this_case FROM collection_cases WHERE case_id = of_case;
    SELECT * INTO STRICT loan FROM loans WHERE loan_id = this_case.loan_id;
    SELECT * INTO STRICT person FROM borrowers WHERE borrower_id = loan.borrower_id;
    SELECT sha256, longest_window_days INTO STRICT pinned
    FROM policies WHERE version = this_case.policy_version;
    moment := greatest(asked_at, person.last_event_at);
    since := moment - make_interval(hours => 24 * greatest(pinned.longest_window_days, days_back));
    SELECT * INTO debt FROM loan_debt(loan, (moment AT TIME ZONE person.time_zone)::date);
    SELECT visit_id INTO open_visit FROM visits WHERE case_id = of_case AND ended_at IS NULL;
    SELECT agreement_id INTO signed_plan
    FROM agreements WHERE case_id = of_case AND status = 'signed';

    IF open_visit IS NOT NULL THEN
        SELECT json_build_object(
                   'visit_code', v.visit_code, 'starts_at', lower(v.slot),
                   'crew', (SELECT json_agg(m.full_name || ' ' || m.badge_id ORDER BY m.badge_id)
                            FROM visit_crew k JOIN crew_members m USING (badge_id)
                            WHERE k.slot_id = v.slot_id AND k.released_at IS NULL))
        INTO visit_details FROM visits v WHERE v.visit_id = open_visit;
    END IF;

    IF signed_plan IS NOT NULL THEN
        -- Which part comes next, and what is missing of it: `domain/plan_progress.py`.
        SELECT json_build_object(
                   'paid_minor', k.paid_minor, 'parts', (
                       SELECT json_agg(json_build_object(
                           'number', i.number, 'due_on', i.due_on,
                           'amount_minor', i.amount_minor) ORDER BY i.number)
                       FROM agreement_instalments i WHERE i.agreement_id = signed_plan))
        INTO plan_details FROM agreement_balances k WHERE k.agreement_id = signed_plan;
    END IF;

    IF this_case.closed_at IS NOT NULL THEN
        -- Under the plan that was fulfilled, or else under the case; said when it has ended.
        SELECT json_build_object(
                   'amount_minor', sum(p.amount_minor),
                   'last_on', (max(p.received_at) AT TIME ZONE person.time_zone)::date)
        INTO received_details FROM payments p
        WHERE p.loan_id = this_case.loan_id AND p.kind <> 'waiver' AND p.reversed_at IS NULL
          AND p.recorded_at >= coalesce((
              SELECT max(g.counted_from) FROM agreements g
              WHERE g.case_id = of_case AND g.status = 'completed'), this_case.opened_at)
        HAVING count(*) > 0;
    END IF;

    SELECT
        json_build_object(
            'at', moment,
            'revision', person.revision,
            'borrower_id', person.borrower_id,
            'loan_id', loan.loan_id,
            'lender', loan.lender,
            'currency', loan.currency,
            'full_name', person.full_name,
            'language', person.language,
            'policy_version', this_case.policy_version,
            'policy_sha256', pinned.sha256,
            'overdue_since', debt.oldest_unpaid_due_on,
            'is_tried', EXISTS (SELECT FROM contact_attempts a WHERE a.intent_key = intent),
            'visit', visit_details,
            'plan', plan_details,
            'received', received_details),
        json_build_object(
            'time_zone', person.time_zone,
            'loan_id', loan.loan_id,
            'case_open', this_case.closed_at IS NULL,
            'arrears_minor', debt.arrears_minor,
            'holds', to_json(ARRAY(
                SELECT json_build_object(
                    'hold_id', h.hold_id, 'reason', h.reason, 'until', h.until)
                FROM holds h
                WHERE h.borrower_id = person.borrower_id AND h.released_at IS NULL
                  AND (h.until IS NULL OR h.until > moment))),
            'blocked_channels', person.blocked_channels,
            'agreed_hours', person.agreed_hours,
            'promise_open', EXISTS (
                SELECT FROM promises p WHERE p.loan_id = loan.loan_id AND p.status = 'open'),
            'plan_honoured', signed_plan IS NOT NULL,
            -- A call is pending when it is not reported back, or when the report leaves it open
            -- whether a conversation took place.
            'attempts', to_json(ARRAY(
                SELECT past
                FROM (SELECT a.reserved_at AS at, a.channel, a.purpose, a.phone_id, a.loan_id,
                             CASE WHEN a.outcome = 'connected' THEN 'connected'
                                  WHEN a.outcome IN ('no_answer', 'busy', 'invalid_number',
                                                     'wrong_person') THEN 'unanswered'
                                  ELSE 'pending' END AS fate
                      FROM contact_attempts a
                      WHERE a.borrower_id = person.borrower_id AND a.reserved_at > since
                        AND a.status <> 'failed' AND a.intent_key <> intent
                      ORDER BY a.reserved_at) AS past)),
            'phones', to_json(ARRAY(
                SELECT json_build_object('phone_id', n.phone_id, 'usable', n.usable,
                                         'blocked', n.blocked, 'relation', n.relation)
                -- A number is one number, also where it has several entries; his own comes first.
                FROM (SELECT DISTINCT ON (p.number)
                             p.phone_id, p.status = 'usable' AS usable,
                             p.blocked_at IS NOT NULL AS blocked, p.relation, p.priority
                      FROM phones p WHERE p.borrower_id = person.borrower_id
                      ORDER BY p.number, p.relation <> 'self', p.priority, p.phone_id) AS n
                ORDER BY n.priority, n.phone_id)))
    INTO recipient, facts;
END;
$$;

CREATE OR REPLACE FUNCTION case_facts(of_case text, at timestamptz) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'as_of', at,
        'borrower_id', l.borrower_id,
        'lender', l.lender,
        'currency', l.currency,
        'time_zone', b.time_zone,
        'overdue_since', d.oldest_unpaid_due_on,
        'arrears_minor', d.arrears_minor,
        'outstanding_minor', d.outstanding_minor,
        'last_payment_at', (
            SELECT max(p.received_at) FROM payments p
            WHERE p.loan_id = l.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL),
        'holds', (
            SELECT coalesce(json_agg(json_build_object(
                'hold_id', h.hold_id, 'reason', h.reason, 'until', h.until) ORDER BY h.hold_id), '[]')
            FROM holds h
            WHERE h.borrower_id = l.borrower_id AND h.released_at IS NULL
              AND (h.until IS NULL OR h.until > at)),
        'promises', (
            SELECT coalesce(json_agg(json_build_object(
                'promise_id', p.promise_id, 'amount_minor', p.amount_minor, 'due_on', p.due_on,
                'paid_minor', (
                    SELECT coalesce(sum(q.amount_minor), 0) FROM payments q
                    WHERE q.loan_id = l.loan_id AND q.kind = 'payment' AND q.reversed_at IS NULL
                      AND q.recorded_at >= p.made_at)) ORDER BY p.due_on), '[]')
            FROM promises p WHERE p.loan_id = l.loan_id AND p.status = 'open'),
        'complaints', (
            SELECT coalesce(json_agg(json_build_object(
                'complaint_id', o.complaint_id, 'filed_at', o.filed_at,
                'answer_due_at', o.answer_due_at, 'extensions', (
                    SELECT count(*) FROM complaint_extensions x
                    WHERE x.loan_id = o.loan_id AND x.complaint_id = o.complaint_id))
                ORDER BY o.filed_at, o.complaint_id), '[]')
            FROM complaints o WHERE o.loan_id = l.loan_id AND o.resolved_at IS NULL),
        'agreed_hours', b.agreed_hours,
        'messages_sent', (
            SELECT count(*) FROM contact_attempts a
            WHERE a.case_id = c.case_id AND a.channel = 'sms' AND a.purpose = 'collection'
              AND a.status IN ('sent', 'unknown')),
        'calls_made', (
            SELECT count(*) FROM contact_attempts a
            WHERE a.case_id = c.case_id AND a.channel = 'call' AND a.purpose = 'collection'
              AND a.status IN ('sent', 'unknown')),
        'address_ids', (
            SELECT coalesce(json_agg(a.address_id ORDER BY a.address_id), '[]') FROM addresses a
            WHERE a.borrower_id = l.borrower_id AND a.status = 'usable'),
        'has_contact_person', EXISTS (
            SELECT FROM phones p
            WHERE p.borrower_id = l.borrower_id AND p.relation = 'contact_person'
              AND p.status = 'usable'),
        'barred_badge_ids', (
            SELECT coalesce(json_agg(x.badge_id ORDER BY x.badge_id), '[]') FROM crew_bars x
            WHERE x.borrower_id = l.borrower_id),
        'visit_blocked', 'visit' = ANY (b.blocked_channels),
        'plan_total_minor', g.total_minor,
        'plan_paid_minor', coalesce((
            SELECT k.paid_minor FROM agreement_balances k
            WHERE k.agreement_id = g.agreement_id), 0)
    )
    FROM collection_cases c
    JOIN loans l USING (loan_id)
    JOIN borrowers b USING (borrower_id)
    LEFT JOIN agreements g ON g.case_id = c.case_id AND g.status = 'signed'
    CROSS JOIN LATERAL loan_debt(l, (at AT TIME ZONE b.time_zone)::date) d
    WHERE c.case_id = of_case
$$;

CREATE OR REPLACE VIEW agreement_balances AS
SELECT g.agreement_id, g.case_id, g.status, p.paid_minor,
       greatest(g.total_minor - p.paid_minor, 0) AS rest_minor
FROM agreements g
CROSS JOIN LATERAL (
    SELECT (coalesce(sum(p.amount_minor), 0) - g.carried_minor)::bigint AS paid_minor
    FROM payments p
    WHERE p.loan_id = g.loan_id AND p.kind = 'payment' AND p.reversed_at IS NULL
      AND p.recorded_at >= g.counted_from
      AND p.recorded_at <= coalesce(g.ended_at, 'infinity')) AS p;

DROP INDEX case_events_loan_id_event_id_key;
ALTER TABLE case_events DROP COLUMN may_come_again, ADD UNIQUE (loan_id, event_id);
ALTER TABLE borrowers DROP COLUMN channels_said_at, DROP COLUMN phones_said_at,
    DROP COLUMN hours_said_at;
DROP TRIGGER tolerance_changed ON loans;
DROP TRIGGER payments_moved ON payments;
DROP TRIGGER payments_removed ON payments;
DROP TRIGGER payments_not_truncated ON payments;
DROP TRIGGER instalments_moved ON loan_instalments;
DROP TRIGGER instalments_removed ON loan_instalments;
DROP TRIGGER instalments_not_truncated ON loan_instalments;
DROP TRIGGER charges_moved ON loan_charges;
DROP TRIGGER charges_removed ON loan_charges;
DROP TRIGGER charges_not_truncated ON loan_charges;
CREATE TRIGGER instalments_moved AFTER UPDATE ON loan_instalments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt();
CREATE TRIGGER payments_changed AFTER UPDATE ON payments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refresh_debt();
CREATE OR REPLACE FUNCTION refresh_debt() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP FUNCTION refuse_truncate, refresh_debt_of_loan, refresh_debt_of_removed, refresh_debt_of_moved;
DROP FUNCTION reckon_debt_again, reckon_debt;
CREATE OR REPLACE FUNCTION loan_debt(loan loans, today date)
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

DROP TRIGGER case_marked ON collection_cases;
DROP TRIGGER agreement_marked ON agreements;
DROP TRIGGER promise_marked ON promises;
DROP FUNCTION mark_case, mark_agreement, mark_promise;
ALTER TABLE collection_cases DROP COLUMN opened_after;
ALTER TABLE agreements DROP COLUMN counted_after, DROP COLUMN counted_until;
ALTER TABLE promises DROP COLUMN made_after;
DROP FUNCTION last_payment;
DROP TRIGGER payment_numbered ON payments;
DROP FUNCTION number_payment;
DROP INDEX payments_of_loan;
ALTER TABLE payments DROP CONSTRAINT payments_pkey, DROP COLUMN sequence,
    ADD PRIMARY KEY (payment_id);
CREATE INDEX payments_of_loan ON payments (loan_id, recorded_at);
DROP SEQUENCE payments_in_order;
