-- Visits and their crews
-- depends: 0003-contacts

-- migrate: apply
CREATE TABLE crew_members (
    badge_id  text PRIMARY KEY,
    full_name text NOT NULL,
    active    boolean NOT NULL DEFAULT true,
    -- Where, with what and when a collector works; NULL is not stated, and then fits any visit.
    region      text,               -- of the addresses
    skills      text[],             -- languages, for one
    work_days   integer[],          -- ISO: Monday is 1
    works_from  time,               -- local time where the visit is
    works_until time,
    CHECK ((works_from IS NULL) = (works_until IS NULL) AND works_from < works_until)
);

-- Days on which a collector does not work, by the calendar where the visit is.
CREATE TABLE crew_absences (
    badge_id text NOT NULL REFERENCES crew_members,
    during   daterange NOT NULL CHECK (NOT isempty(during)),
    PRIMARY KEY (badge_id, during)
);

-- Who is never sent to a borrower again.
CREATE TABLE crew_bars (
    borrower_id text NOT NULL REFERENCES borrowers,
    badge_id    text NOT NULL REFERENCES crew_members,
    since       timestamptz NOT NULL,
    reason      text NOT NULL,
    PRIMARY KEY (borrower_id, badge_id)
);

CREATE TABLE visits (
    visit_id            text PRIMARY KEY,
    case_id             text NOT NULL REFERENCES collection_cases,
    loan_id             text NOT NULL REFERENCES loans,
    address_id          text NOT NULL REFERENCES addresses,
    status              text NOT NULL CHECK (status IN
        ('requested', 'approved', 'proposed', 'confirmed', 'checked_in', 'completed',
         'rejected', 'expired', 'withdrawn', 'called_off', 'missed')),
    applicant           text NOT NULL CHECK (applicant IN ('borrower', 'collector')),
    applicant_id        text NOT NULL,
    requested_at        timestamptz NOT NULL,
    approver_id         text,
    approved_at         timestamptz,
    approval_expires_at timestamptz,
    slot_id             text,
    slot                tstzrange,
    visit_code          text NOT NULL,
    notice_sent_at      timestamptz,
    confirmed_at        timestamptz,
    dossier             jsonb,
    -- When the crew came and when the visit was over, by the crew; a device may be offline, and
    -- `checked_in_at` and `reported_at` say when we learnt of it.
    arrived_at          timestamptz,
    left_at             timestamptz,
    checked_in_at       timestamptz,
    identity_verified   boolean,
    identity_method     text,
    entry_consent       boolean,
    recording_id        text,
    outcome             text,
    willingness         text,
    capacity            jsonb,
    proposal            jsonb,
    reported_at         timestamptz,
    ended_at            timestamptz,
    ended_reason        text,
    -- Four eyes, in the table itself.
    CHECK (approver_id IS NULL OR approver_id <> applicant_id),
    CHECK (status NOT IN ('approved', 'proposed', 'confirmed', 'checked_in') OR
           (approved_at IS NOT NULL AND approval_expires_at IS NOT NULL)),
    CHECK (status NOT IN ('confirmed', 'checked_in') OR
           (confirmed_at IS NOT NULL AND slot IS NOT NULL AND notice_sent_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_open_visit_a_case ON visits (case_id) WHERE ended_at IS NULL;
CREATE INDEX visits_of_case ON visits (case_id);
CREATE INDEX visits_of_loan ON visits (loan_id);
CREATE INDEX visits_by_code ON visits (visit_code);

-- Every approval that was given, also one that was withdrawn or that changed facts made void.
CREATE TABLE visit_approvals (
    visit_id      text NOT NULL REFERENCES visits,
    approver_id   text NOT NULL,
    approved_at   timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    arrears_minor bigint NOT NULL,  -- what was owed then
    ended_at      timestamptz,
    ended_because text,
    PRIMARY KEY (visit_id, approved_at),
    CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);

-- Who is booked when. A released booking frees the crew member.
CREATE TABLE visit_crew (
    visit_id    text NOT NULL REFERENCES visits,
    slot_id     text NOT NULL,
    badge_id    text NOT NULL REFERENCES crew_members,
    slot        tstzrange NOT NULL,  -- the visit
    during      tstzrange NOT NULL,  -- the visit and the time to travel to the next one
    released_at timestamptz,
    PRIMARY KEY (slot_id, badge_id),
    CHECK (during @> slot),
    CONSTRAINT crew_member_booked_once
        EXCLUDE USING gist (badge_id WITH =, during WITH &&) WHERE (released_at IS NULL)
);
CREATE INDEX crew_of_visit ON visit_crew (visit_id);

-- Who asked, by the official channel, whether a visitor is ours, and what was answered: nothing,
-- when too much was asked. `caller` is an id of the system that asked.
CREATE TABLE visitor_checks (
    check_id   text PRIMARY KEY,
    asked_at   timestamptz NOT NULL,
    caller     text NOT NULL,
    visit_code text NOT NULL,
    badge_id   text NOT NULL,  -- as it was read out
    visit_id   text REFERENCES visits,
    answer     text CHECK (answer IN ('expected_now', 'expected_later', 'called_off', 'not_ours')),
    retry_at   timestamptz,
    CHECK ((answer IS NULL) = (retry_at IS NOT NULL))
);
CREATE INDEX checks_by_caller ON visitor_checks (caller, asked_at) WHERE answer IS NOT NULL;
CREATE INDEX checks_by_code ON visitor_checks (visit_code, asked_at) WHERE answer IS NOT NULL;

-- migrate: rollback
DROP TABLE visitor_checks, visit_crew, visit_approvals, visits, crew_bars, crew_absences, crew_members;
