"""Messages and calls that break a guarantee (G1 to G5): too late, too many, unwanted, unknown."""

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
INVITED = "; UPDATE contact_attempts SET template = 'visit_invitation'"


def _copy(where: str, changes: str = "channel = channel", times: int = 1) -> str:
    return COPY.format(where=where, changes=changes, times=times)


CONTACTS = {
    "paid before": (
        "G1",
        (
            "INSERT INTO payments VALUES"
            " ('X', 'L-1', 1200000, 'payment', '2026-01-11', '2026-01-11', NULL, 'x', 0)"
        ),
        "nothing was overdue",
    ),
    "told of the payment before": (
        "G1",
        (
            "INSERT INTO payments VALUES"
            " ('X', 'L-1', 1200000, 'payment', '2026-01-11', '2026-01-11', NULL, 'x', 900);"
            " INSERT INTO case_events (case_id, loan_id, event_id, name, source, occurred_at,"
            " received_at, stage, accepted, body, receipt) SELECT case_id, loan_id, 'x',"
            " 'payment_received', 'x', '2026-01-11', '2026-02-11', 'x', true,"
            ' \'{"payment_id": "X", "amount_minor": 1200000}\', \'x\' FROM visits'
        ),
        "nothing was overdue",
    ),
    "known to be paid": (
        "G1",
        "UPDATE contact_attempts SET facts = facts::jsonb || '{\"arrears_minor\": 0}'",
        "nothing was overdue by the facts",
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
        "after 1 attempts of this borrower; 1 allowed by LC-MESSAGES of cn-2027-03",
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
    "one call of a number too many": (
        "G3",
        _copy("channel = 'call'", times=6),
        "after 6 attempts of this phone; 6 allowed by CN-06",
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
    "told of a visit": (
        "G4",
        WISH.format(body='{"blocked_channels": ["visit"], "agreed_hours": []}') + INVITED,
        ": no visit",
    ),
    "other hours": (
        "G4",
        WISH.format(
            body='{"blocked_channels": [],'
            ' "agreed_hours": [{"start": "18:00:00", "end": "20:00:00"}]}'
        ),
        "only [{",
    ),
    "wish that was overtaken": (
        "G4",
        (
            "INSERT INTO case_events (case_id, loan_id, event_id, name, source, occurred_at,"
            " received_at, stage, accepted, body, receipt) SELECT case_id, loan_id, 'wish',"
            " 'contact_preferences_changed', 'x', '2026-01-01', '2026-04-17', 'x', true,"
            " '{\"blocked_channels\": [\"visit\"]}', 'x' FROM collection_cases"
            " WHERE loan_id = 'L-1'; UPDATE borrowers SET blocked_channels = '{visit}'"
        ),
        'the wish of 2026-01-01 00:00:00+00 is in force, ["visit"]; it was overtaken',
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
}
