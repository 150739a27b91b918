"""Whom we may not speak to, and what was not recorded (G13, and of G3, G6, G9, G11)."""

# The contact person of the case, asked a month later by a call that nobody should have made.
_ASKED = """
    INSERT INTO phones (phone_id, borrower_id, number, relation)
    VALUES ('friend', 'B-1', '+8613800001111', 'contact_person');
    UPDATE phones SET status = 'usable', status_at = NULL WHERE phone_id = 'B-1-p1';
    CREATE TEMP TABLE copy AS SELECT * FROM contact_attempts WHERE channel = 'call';
    UPDATE copy SET attempt_id = 'X', intent_key = 'X', phone_id = 'friend',
                    purpose = 'locate', template = 'locate_call', reserved_at = '2026-04-16 04:00Z';
    INSERT INTO contact_attempts SELECT * FROM copy;
    DROP TABLE copy;
    {more}
"""


def _asked(more: str = "") -> str:
    return _ASKED.format(more=more)


PEOPLE = {
    "debt told to an unconfirmed number": (
        "G13",
        "DELETE FROM phone_confirmations",
        "to B-1-p1, a number that nobody had confirmed; cn-2027-03 asks for it",
    ),
    "debt told before the number was confirmed": (
        "G13",
        "UPDATE phone_confirmations SET confirmed_at = '2026-05-01'",
        "overdue_notice by sms at",
    ),
    "confirmed by what the policy does not take": (
        "G13",
        (
            "UPDATE policies SET body = jsonb_set(body,"
            " '{contact,right_party,confirmed_by,value}', '[\"conversation\"]')"
        ),
        "a number that nobody had confirmed",
    ),
    "contact after a refusal": (
        "G13",
        "UPDATE phones SET status = 'refused', status_at = '2026-01-11'",
        "to B-1-p1, refused since",
    ),
    "contact after a report that had no effect": (
        "G13",
        (
            "INSERT INTO case_events (case_id, loan_id, event_id, name, source, occurred_at,"
            " received_at, stage, accepted, body, receipt) SELECT case_id, loan_id, 'report',"
            " 'phone_reported', 'x', opened_at, opened_at, 'x', true,"
            ' \'{"phone_id": "B-1-p1", "status": "wrong_person"}\', \'x\''
            " FROM collection_cases WHERE loan_id = 'L-2'"
        ),
        "to B-1-p1, reported as wrong_person at",
    ),
    "contact person asked too early": (
        "G13",
        _asked(),
        "to the contact person friend: only 1 calls in a row to B-1-p1 had failed",
    ),
    "contact person asked although the borrower pays": (
        "G13",
        _asked("UPDATE payments SET received_at = '2026-04-15', recorded_at = '2026-04-15'"),
        "to the contact person friend: the borrower has paid at",
    ),
    "contact person asked although the facts speak of the borrower": (
        "G13",
        _asked(
            "UPDATE contact_attempts SET facts = facts::jsonb"
            " || '{\"last_act_at\": \"2026-04-15T12:00:00+08:00\"}' WHERE attempt_id = 'X'"
        ),
        "by its facts the borrower was heard of at 2026-04-15",
    ),
    "contact person asked although the borrower calls": (
        "G13",
        _asked("UPDATE conversations SET held_at = '2026-04-15', recorded_at = '2026-04-15'"),
        "to the contact person friend: the borrower has called at",
    ),
    "contact person asked although the borrower has answered": (
        "G13",
        _asked(
            "UPDATE replies SET received_at = '2026-04-15', read_at = '2026-04-15',"
            " read_as = 'confirmed'"
        ),
        "to the contact person friend: the borrower has answered at",
    ),
    "contact person asked although the borrower was heard of": (
        "G13",
        _asked(),
        "to the contact person friend: the borrower was heard of at",
    ),
    "contact person told of the debt": (
        "G13",
        _asked("UPDATE contact_attempts SET purpose = 'collection' WHERE attempt_id = 'X'"),
        "to the contact person friend: it asks for more than a word",
    ),
    "called after a conversation that they began": (
        "G3",
        """
            UPDATE policies SET body = jsonb_set(body, '{contact,counters}', '{"talked": {
                "id": "US-01-CONVERSATION", "value": {"scope": "loan", "channel": "call",
                "counted": "connected", "inbound": true, "window": {"rolling_days": 7},
                "limit": 1}}}');
            UPDATE conversations SET held_at = '2026-04-14', recorded_at = '2026-04-14'
        """,
        "after 1 conversations that the borrower began and 0 of ours",
    ),
    "no recording of a call": (
        "G11",
        "UPDATE contact_attempts SET outcome = 'connected' WHERE channel = 'call'",
        "was answered, and has no recording; cn-2027-03 asks for one",
    ),
    "no recording of a conversation": (
        "G11",
        "UPDATE conversations SET recording_id = NULL",
        "on loan L-1 has no recording",
    ),
    "filmed inside without a word": (
        "G6",
        "UPDATE visits SET filmed_inside = true",
        "without consent to be filmed",
    ),
    "report of a number lost": (
        "G9",
        "UPDATE phones SET status = 'usable'",
        "phone_reported on loan L-1",
    ),
    "confirmation lost": (
        "G9",
        "DELETE FROM phone_confirmations WHERE confirmed_by = 'app'",
        "phone_confirmed on loan L-1",
    ),
    "reply lost": ("G9", "DELETE FROM replies", "reply_received on loan L-1"),
    "conversation lost": ("G9", "DELETE FROM conversations", "call_received on loan L-1"),
    "wish to be called later lost": (
        "G9",
        "DELETE FROM holds WHERE hold_id LIKE 'said%'",
        "borrower_said on loan L-1",
    ),
}
