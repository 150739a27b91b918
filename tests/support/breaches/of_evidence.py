"""What was done to the record itself (G15): altered, removed, inserted past the triggers."""

EVIDENCE = {
    "event altered": (
        "G15",
        (
            "UPDATE case_events SET body = body || '{\"amount_minor\": 7}'"
            " WHERE name = 'payment_received'"
        ),
        "was altered afterwards",
    ),
    "words of an event altered": (
        "G15",
        (
            "UPDATE case_events SET body = jsonb_set(body, '{about}', '\"nothing\"')"
            " WHERE name = 'complaint_filed'"
        ),
        "was altered afterwards",
    ),
    "attempt altered": (
        "G15",
        "UPDATE contact_attempts SET sent_at = sent_at - interval '1 hour'",
        "was altered afterwards",
    ),
    "attempt removed": ("G15", "DELETE FROM contact_attempts", "was removed afterwards"),
    "refusal removed": (
        "G15",
        "DELETE FROM contact_refusals",
        "contact_refusals 1 was removed afterwards",
    ),
    "refusal inserted": (
        "G15",
        (
            "INSERT INTO contact_refusals (case_id, intent_key, at, channel, rule_id, reason,"
            " policy_version) SELECT case_id, 'other', at, channel, rule_id, reason, policy_version"
            " FROM contact_refusals LIMIT 1"
        ),
        "was inserted afterwards",
    ),
    "report altered": (
        "G15",
        "UPDATE visits SET willingness = 'none'",
        "was altered afterwards",
    ),
    "agreement altered": (
        "G15",
        "UPDATE agreements SET total_minor = total_minor + 1",
        "was altered afterwards",
    ),
    "link taken out": (
        "G15",
        "DELETE FROM evidence WHERE sequence = 2",
        "G15 L-1: link 3 (",
    ),
    "last link taken off": (
        "G15",
        (
            "DELETE FROM evidence e USING last_links h"
            " WHERE (e.loan_id, e.sequence) = (h.loan_id, h.sequence)"
        ),
        "G15 L-1: the chain does not end with its last link",
    ),
    "link put right after the row": (
        "G15",
        "UPDATE evidence SET digest = sha256_of('other') WHERE sequence = 2",
        "G15 L-1: link 2 (",
    ),
    "salt lost without erasure": (
        "G15",
        "UPDATE evidence SET salt = NULL",
        "was altered afterwards",
    ),
}
