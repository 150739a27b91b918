"""Cases and events that break a guarantee (G8 to G11): twice, lost, asleep, unexplained."""

CASES = {
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
    "promise kept by nothing": (
        "G9",
        (
            "UPDATE promises SET status = 'kept', resolved_at = '2026-06-01', made_after = 0,"
            " amount_minor = (SELECT max(amount_minor) FROM payments WHERE kind = 'payment');"
            " UPDATE payments SET reversed_at = '2026-06-02', recorded_at = '2026-01-20'"
        ),
        "it is kept by a payment that was taken back",
    ),
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
    "visit approved after a no": (
        "G9",
        "UPDATE case_events SET name = 'visit_rejected' WHERE name = 'visit_approved'",
        "visit_rejected on loan L-1",
    ),
    "plan offered after a no": (
        "G9",
        (
            "UPDATE case_events SET name = 'plan_rejected', body = body || jsonb_build_object("
            "'plan_id', (SELECT max(plan_id) FROM agreements)) WHERE name = 'agreement_signed'"
        ),
        "plan_rejected on loan L-1",
    ),
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
        "UPDATE collection_cases SET policy_version = 'cn-2027-03'",
        "policy_adopted",
    ),
    "end lost": (
        "G9",
        "UPDATE case_events SET name = 'case_closed', received_at = '2026-02-01'",
        "case_closed on loan L-1",
    ),
    "event twice": ("G9", "UPDATE case_events SET event_id = 'same'", "records of one event"),
    "event of the future": (
        "G9",
        "UPDATE case_events SET occurred_at = '2062-01-01' WHERE name = 'payment_received'",
        "it lay in the future",
    ),
    "payment of the future": (
        "G9",
        "UPDATE payments SET received_at = '2062-01-01'",
        "it lies in the future",
    ),
    "half that has not come again": (
        "G9",
        (
            "UPDATE case_events SET accepted = false, reason = 'x', may_come_again = true,"
            " received_at = '2026-01-20' WHERE name = 'hold_released';"
            " UPDATE holds SET released_at = NULL"
        ),
        "came before its other half",
    ),
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
    "end cut short": (
        "G10",
        "UPDATE collection_cases SET closed_at = '2026-01-20', is_ending = true, outcome = 'cured'",
        "its end of 2026-01-20",
    ),
    "closing notice in hand": (
        "G10",
        (
            "UPDATE collection_cases SET closed_at = '2026-01-20',"
            " outcome = 'cured'; UPDATE contact_attempts SET status = 'reserved'"
        ),
        "is still reserved",
    ),
    "file not built": (
        "G10",
        ("UPDATE collection_cases SET closed_at = '2026-01-20', outcome = 'handed_to_legal'"),
        "without a file for the legal desk",
    ),
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
            " DELETE FROM payments; UPDATE agreements SET signed_at = '2026-02-20'"
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
    "no policy": ("G11", "DELETE FROM policies", "policy cn-2027-03 is not stored"),
    "no rule": ("G11", "UPDATE contact_refusals SET rule_id = ''", "no rule on record"),
    "no reason for a refusal": ("G11", "UPDATE contact_refusals SET reason = ''", "no reason"),
}
