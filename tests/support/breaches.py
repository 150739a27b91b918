"""Rows that break a guarantee, planted where the tables would not let them in."""

# The tables refuse most of what is planted below: the audit must not rely on that.
DISARM = """
DO $$ DECLARE it record; BEGIN
    FOR it IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
              WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace
                AND contype IN ('f', 'c', 'u', 'p', 'x')
                AND NOT conrelid::regclass::text LIKE '\\_%' ORDER BY contype <> 'f'
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', it.of, it.conname); END LOOP;
    FOR it IN SELECT indexrelid::regclass AS name FROM pg_index
              WHERE indisunique AND indrelid::regclass::text IN ('collection_cases', 'visits')
    LOOP EXECUTE format('DROP INDEX %s', it.name); END LOOP;
    FOR it IN SELECT DISTINCT tgrelid::regclass AS of FROM pg_trigger WHERE NOT tgisinternal
    LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', it.of); END LOOP;
END $$
"""
COPY = """
    CREATE TEMP TABLE copy AS SELECT * FROM contact_attempts WHERE {where};
    UPDATE copy SET {changes};
    INSERT INTO contact_attempts SELECT c.* FROM copy c, generate_series(1, {times}) n;
    UPDATE contact_attempts SET attempt_id = ctid::text;
    DROP TABLE copy
"""
WISH = """
    INSERT INTO case_events (case_id, loan_id, event_id, name, source, occurred_at, received_at,
                             stage, accepted, body, receipt)
    SELECT case_id, loan_id, 'wish', 'contact_preferences_changed', 'x', opened_at, opened_at, 'x',
           true, '{body}', 'x' FROM collection_cases
"""


def _copy(where: str, changes: str = "channel = channel", times: int = 1) -> str:
    return COPY.format(where=where, changes=changes, times=times)


# What is planted: the guarantee it breaks, the statement, and a part of what the audit says.
BREACHES = {
    "paid before": (
        "G1",
        (
            "INSERT INTO payments VALUES"
            " ('X', 'L-1', 1200000, 'payment', '2026-01-11', '2026-01-11', NULL, 'x')"
        ),
        "nothing was overdue",
    ),
    "closing told thrice": (
        "G1",
        "UPDATE contact_attempts SET purpose = 'closing'",
        "3 closing notices",
    ),
    "reserved at night": (
        "G2",
        "UPDATE contact_attempts SET reserved_at = reserved_at + interval '10 hours'",
        "reserved at 2026-04-15 22:00:00 in Asia/Shanghai; permitted from 08:00:00 to 22:00:00",
    ),
    "sent at night": (
        "G2",
        "UPDATE contact_attempts SET sent_at = sent_at + interval '19 hours 59 minutes'",
        "sent at 2026-04-16 07:59:00",
    ),
    "night where the borrower lives": (
        "G2",
        "UPDATE borrowers SET time_zone = 'America/New_York'",
        "in America/New_York",
    ),
    "night, and the channel's own hours are of the future": (
        "G2",
        """
            UPDATE policies SET body = jsonb_set(
                body, '{contact,permitted_hours_by_channel}', jsonb_build_object(
                    'sms', (body #> '{contact,permitted_hours}')
                           || '{"effective_from": "2027-01-01"}'));
            UPDATE contact_attempts SET reserved_at = reserved_at + interval '10 hours'
        """,
        "permitted from 08:00:00 to 22:00:00",
    ),
    "hours that cannot be read": (
        "G2",
        "UPDATE policies SET body = body #- '{contact,permitted_hours}'",
        "permitted from  to ",
    ),
    "one message too many": (
        "G3",
        _copy("template = 'overdue_notice'"),
        "after 1 attempts of this borrower; 1 allowed by LC-MESSAGES of cn-2026-12",
    ),
    "one message too many, on another loan": (
        "G3",
        _copy("template = 'overdue_notice'", "loan_id = 'L-2', case_id = 'L-2:2026-01-10'"),
        "after 1 attempts of this borrower; 1 allowed by LC-MESSAGES",
    ),
    "one conversation too many": (
        "G3",
        _copy("channel = 'call'", "outcome = 'connected'", times=4),
        "after 3 connected of this borrower; 3 allowed by CN-04",
    ),
    "one call too many that may have been answered": (
        "G3",
        _copy("channel = 'call'", "status = 'unknown', outcome = 'cannot tell'", times=4),
        "after 3 connected of this borrower; 3 allowed by CN-04",
    ),
    "one unanswered call too many": (
        "G3",
        _copy("channel = 'call'", times=6),
        "after 6 unanswered of this phone; 6 allowed by CN-06",
    ),
    "counter of a list, over days that roll": (
        "G3",
        """UPDATE policies SET body = jsonb_set(body, '{contact,counters}', '{"calls": {
           "id": "US-01", "value": {"scope": "loan", "channel": "call", "counted": "attempts",
           "purposes": [], "window": {"rolling_days": 7}, "limit": 1}}}'); """  # noqa: S608
        + _copy("channel = 'call'", "reserved_at = reserved_at + interval '1 day'"),
        "after 1 attempts of this loan; 1 allowed by US-01",
    ),
    "cap that cannot be read": (
        "G3",
        (
            "UPDATE policies SET body = jsonb_set(body,"
            " '{contact,counters,messages_per_day,value,limit}', 'null')"
        ),
        "after 0 attempts of this borrower;  allowed by",
    ),
    "hold": (
        "G4",
        "UPDATE holds SET placed_at = '2026-01-11' WHERE hold_id = 'H-1'",
        "during the hold H-1 (dispute) on loan L-1",
    ),
    "hold on another loan": (
        "G4",
        "INSERT INTO holds VALUES ('L-2', 'H-2', 'B-1', 'bereavement', '2026-01-11', NULL, NULL)",
        "during the hold H-2 (bereavement) on loan L-2",
    ),
    "blocked number": (
        "G4",
        "UPDATE phones SET blocked_at = '2026-01-11' WHERE phone_id = 'B-1-p1'",
        "to B-1-p1, a number blocked since",
    ),
    "blocked channel": (
        "G4",
        WISH.format(body='{"blocked_channels": ["sms"], "agreed_hours": []}'),
        "by sms at 2026-04-15 12:00:00 in Asia/Shanghai, against the wish of",
    ),
    "other hours": (
        "G4",
        WISH.format(
            body='{"blocked_channels": [],'
            ' "agreed_hours": [{"start": "18:00:00", "end": "20:00:00"}]}'
        ),
        "only [{",
    ),
    "two attempts": (
        "G5",
        "UPDATE contact_attempts SET intent_key = 'same'",
        "attempts for one intent",
    ),
    "two messages": (
        "G5",
        (
            "INSERT INTO simulated_outbox (reference, channel, number, text, sent_at)"
            " SELECT reference, channel, number, text, sent_at FROM simulated_outbox"
        ),
        "2 messages for one attempt",
    ),
    "message of nobody": (
        "G5",
        (
            "INSERT INTO simulated_outbox (reference, channel, number, text, sent_at)"
            " VALUES ('X', 'sms', '1', 'x', '2026-04-15')"
        ),
        "a message without an attempt",
    ),
    "message of a failure": (
        "G5",
        "UPDATE contact_attempts SET status = 'failed', sent_at = NULL",
        "on record as failed",
    ),
    "no application": (
        "G6",
        "UPDATE visits SET requested_at = checked_in_at + interval '1 hour'",
        "no application before the check-in",
    ),
    "no approval": ("G6", "UPDATE visits SET approved_at = NULL", "no approval"),
    "own approval": (
        "G6",
        "UPDATE visits SET approver_id = applicant_id",
        "not approved by another person",
    ),
    "expired approval": (
        "G6",
        "UPDATE visits SET approval_expires_at = arrived_at",
        "the approval had expired",
    ),
    "withdrawn approval": (
        "G6",
        "UPDATE visit_approvals SET ended_at = approved_at, ended_because = 'withdrawn'",
        "the approval had been withdrawn",
    ),
    "crew that approved itself": (
        "G6",
        "UPDATE visits SET approver_id = 'C-2'",
        "the crew applied for or approved its own visit",
    ),
    "no appointment": (
        "G6",
        "UPDATE visits SET confirmed_at = NULL",
        "the appointment was not confirmed",
    ),
    "no notice": ("G6", "UPDATE visits SET notice_sent_at = NULL", "no notice"),
    "alone": ("G6", "DELETE FROM visit_crew WHERE badge_id = 'C-1'", "a crew of 1"),
    "alone at the door": (
        "G6",
        (
            "UPDATE case_events SET body = jsonb_set(body, '{badge_ids}', '[\"C-1\"]')"
            " WHERE name = 'visit_checked_in'"
        ),
        "1 of the crew at the door",
    ),
    "nobody's identity": (
        "G7",
        "UPDATE visits SET identity_verified = false",
        "no verified identity",
    ),
    "no report": ("G7", "UPDATE visits SET reported_at = NULL", "no report of its visit"),
    "other report": ("G7", "UPDATE visits SET outcome = 'refused'", "is reported as refused"),
    "late report": (
        "G7",
        "UPDATE visits SET reported_at = reported_at + interval '1 day'",
        "signed before its visit was reported",
    ),
    "parts": (
        "G7",
        "UPDATE agreement_instalments SET amount_minor = amount_minor + 1 WHERE number = 1",
        "its parts sum to 400001, its total is 400000",
    ),
    "penalty of nobody": (
        "G7",
        (
            "INSERT INTO loan_charges VALUES"
            " ('X', 'L-1', 'G-1', 'penalty', 5, '2026-01-11', '2026-01-11')"
        ),
        "it charges 5 of a penalty of 0, and waives 0",
    ),
    "other document": (
        "G7",
        "UPDATE agreements SET document_pdf = 'other'",
        "the hash is not that of its document",
    ),
    "other reading copy": (
        "G7",
        "UPDATE agreements SET document_html = 'other'",
        "the hash is not that of its reading copy",
    ),
    "costs not disclosed": (
        "G7",
        "UPDATE agreements SET disclosed_at = NULL",
        "signed without the cost disclosure",
    ),
    "other document signed": (
        "G7",
        "UPDATE agreements SET signed_sha256 = repeat('0', 64)",
        "another document was signed",
    ),
    "replaced by nothing": (
        "G7",
        "UPDATE agreements SET status = 'superseded', ended_at = signed_at",
        "nothing that was signed has replaced it",
    ),
    "replaced and in force": (
        "G7",
        "UPDATE agreements SET supersedes = 'G-1'",
        "it was signed while G-1 was in force",
    ),
    "replaced by less": (
        "G7",
        "UPDATE agreements SET supersedes = 'G-1', waiver_minor = 5, penalty_minor = 5",
        "it does not cover what was left of G-1",
    ),
    "replaced in another visit": (
        "G7",
        (
            "INSERT INTO agreements (agreement_id, case_id, loan_id, visit_id, plan_id, as_of,"
            " status, total_minor, waiver_minor, supersedes, document_html, document_pdf,"
            " html_sha256, document_sha256, offered_at, counted_from, expires_at)"
            " SELECT 'G-2', case_id, loan_id, visit_id, plan_id, as_of - 1, 'offered', total_minor,"
            " waiver_minor, 'G-1', document_html, document_pdf, html_sha256, document_sha256,"
            " offered_at, counted_from, expires_at FROM agreements"
        ),
        "it is of another case, visit or day than G-1",
    ),
    "ended and in force": (
        "G7",
        "UPDATE agreements SET ended_at = signed_at",
        "signed, and ended at",
    ),
    "two cases": (
        "G8",
        "UPDATE collection_cases SET loan_id = 'L-1'",
        "2 cases overdue since 2026-01-10",
    ),
    "two open cases": (
        "G8",
        (
            "UPDATE collection_cases SET loan_id = 'L-1', overdue_since = opened_at::date"
            " WHERE loan_id = 'L-2'"
        ),
        "2 open cases",
    ),
    "payment lost": ("G9", "DELETE FROM payments", "payment_received on loan L-1 accepted"),
    "payment changed": ("G9", "UPDATE payments SET amount_minor = 1", "payment_received"),
    "payment twice": ("G9", "INSERT INTO payments SELECT * FROM payments", "payment_received"),
    "reversal lost": ("G9", "UPDATE payments SET reversed_at = NULL", "payment_reversed"),
    "promise lost": ("G9", "DELETE FROM promises", "promise_made"),
    "call lost": ("G9", "UPDATE contact_attempts SET outcome = NULL", "call_finished"),
    "hold lost": ("G9", "DELETE FROM holds WHERE hold_id = 'H-1'", "hold_placed"),
    "release lost": (
        "G9",
        "UPDATE holds SET released_at = NULL WHERE hold_id = 'H-1'",
        "hold_released",
    ),
    "complaint lost": ("G9", "DELETE FROM complaints", "complaint_filed"),
    "answer lost": ("G9", "UPDATE complaints SET resolved_at = NULL", "complaint_resolved"),
    "extension lost": ("G9", "DELETE FROM complaint_extensions", "complaint_extended"),
    "bar lost": ("G9", "DELETE FROM crew_bars", "complaint_resolved"),
    "visit lost": ("G9", "DELETE FROM visits", "visit_requested"),
    "approval lost": ("G9", "UPDATE visit_approvals SET approver_id = 'X'", "visit_approved"),
    "withdrawal without effect": (
        "G9",
        (
            "UPDATE case_events SET name = 'appointment_withdrawn'"
            " WHERE name = 'appointment_confirmed'"
        ),
        "appointment_withdrawn on loan L-1",
    ),
    "check-in lost": ("G9", "UPDATE visits SET checked_in_at = now()", "visit_checked_in"),
    "report lost": ("G9", "UPDATE visits SET reported_at = '2026-01-11'", "visit_reported"),
    "signature lost": ("G9", "UPDATE agreements SET signed_at = NULL", "agreement_signed"),
    "adoption lost": (
        "G9",
        "UPDATE collection_cases SET policy_version = 'cn-2026-12'",
        "policy_adopted",
    ),
    "end lost": (
        "G9",
        "UPDATE case_events SET name = 'case_closed', received_at = '2026-02-01'",
        "case_closed on loan L-1",
    ),
    "event twice": ("G9", "UPDATE case_events SET event_id = 'same'", "records of one event"),
    "no reason": (
        "G9",
        "UPDATE case_events SET reason = ' ' WHERE NOT accepted",
        "agreement_declined on loan L-1 refused",
    ),
    "never taken up": (
        "G10",
        "UPDATE collection_cases SET started_at = NULL, opened_at = '2026-01-11'",
        "no workflow has taken the case up",
    ),
    "lost": ("G10", "UPDATE collection_cases SET stage = 'limbo'", "open in the stage limbo"),
    "approval asleep": (
        "G10",
        "UPDATE visits SET status = 'requested', requested_at = '2026-02-01'; DELETE FROM holds",
        "the approval of visit L-1:2026-01-10:visit-1 is open since",
    ),
    "agreement asleep": (
        "G10",
        "UPDATE agreements SET status = 'offered', expires_at = '2026-02-01'; DELETE FROM holds",
        "the agreement G-1 should have ended at",
    ),
    "plan asleep": (
        "G10",
        (
            "UPDATE agreement_instalments SET due_on = '2026-03-01'; DELETE FROM holds;"
            " DELETE FROM payments"
        ),
        "part 1 of the agreement G-1, due on 2026-03-01, was missed, and the plan has not ended",
    ),
    "promise asleep": (
        "G10",
        (
            "UPDATE promises SET due_on = '2026-02-01', status = 'open', resolved_at = NULL;"
            " DELETE FROM holds"
        ),
        "the promise for 2026-02-01 is neither kept nor broken",
    ),
    "answer asleep": (
        "G10",
        "UPDATE complaints SET resolved_at = NULL, answer_due_at = '2026-02-01'",
        "the complaint C-1 should have been answered by",
    ),
    "overdue told before the extension only": (
        "G10",
        (
            "UPDATE complaints SET resolved_at = NULL, answer_due_at = '2026-02-01';"
            " INSERT INTO staff_notices SELECT 'n', case_id, 'complaint_desk', 'complaint_overdue',"
            " '{\"complaint_id\": \"C-1\"}', '2026-01-31' FROM collection_cases"
            " WHERE loan_id = 'L-1'"
        ),
        "nobody was told that it is overdue",
    ),
    "no facts": ("G11", "UPDATE contact_attempts SET facts = NULL", "attempt at"),
    "no facts of a refusal": ("G11", "UPDATE contact_refusals SET facts = '{}'", "no facts"),
    "no hash": ("G11", "UPDATE contact_attempts SET policy_sha256 = NULL", "is missing or another"),
    "other hash": ("G11", "UPDATE policies SET sha256 = repeat('0', 64)", "is missing or another"),
    "no policy": ("G11", "DELETE FROM policies", "policy cn-2026-12 is not stored"),
    "no rule": ("G11", "UPDATE contact_refusals SET rule_id = ''", "no rule on record"),
    "no reason for a refusal": ("G11", "UPDATE contact_refusals SET reason = ''", "no reason"),
}
