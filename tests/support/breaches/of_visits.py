"""Visits and agreements that break a guarantee (G6 and G7): not asked for, not seen, not signed."""

VISITS = {
    "no application": (
        "G6",
        "UPDATE visits SET requested_at = checked_in_at + interval '1 hour'",
        "no application before the check-in",
    ),
    "approved before the application": (
        "G6",
        "UPDATE visits SET approved_at = requested_at - interval '1 hour'",
        "before it was applied for",
    ),
    "approval of before the application": (
        "G6",
        (
            "UPDATE case_events SET occurred_at = occurred_at - interval '2 days'"
            " WHERE name = 'visit_approved'"
        ),
        "the visit was not applied for then",
    ),
    "approval of another application": (
        "G6",
        (
            "UPDATE case_events SET body = jsonb_set(body, '{visit_id}', '\"V-0\"')"
            " WHERE name = 'visit_approved'"
        ),
        "it names the visit V-0",
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
    "at night": (
        "G6",
        "UPDATE visits SET arrived_at = arrived_at + interval '10 hours'",
        "in Asia/Shanghai; permitted from 08:00:00 to 22:00:00 by cn-2027-03",
    ),
    "outside the hours of the policy that was adopted before": (
        "G6",
        (
            "UPDATE case_events SET received_at = '2026-04-16' WHERE name = 'policy_adopted';"
            " UPDATE policies SET body = jsonb_set(body, '{visit,permitted_hours,value,start}',"
            " '\"14:00:00\"') WHERE version = 'cn-adopted'"
        ),
        "permitted from 14:00:00 to 22:00:00 by cn-adopted",
    ),
    "visited during a hold": (
        "G6",
        ("INSERT INTO holds VALUES ('L-2', 'H-2', 'B-1', 'contact_ban', '2026-04-18', NULL, NULL)"),
        "the crew came during the hold H-2 (contact_ban) on loan L-2",
    ),
    "barred at the door": (
        "G6",
        "UPDATE crew_bars SET badge_id = 'c-1'",
        "somebody came who had been barred",
    ),
    "visited against a wish": (
        "G4",
        (
            "UPDATE case_events SET body = jsonb_set(body, '{blocked_channels}', '[\"visit\"]')"
            " WHERE name = 'contact_preferences_changed'"
        ),
        ": no visit",
    ),
    "no appointment": (
        "G6",
        "UPDATE visits SET confirmed_at = NULL",
        "the appointment was not confirmed",
    ),
    "two crews at once": (
        "G6",
        (
            "INSERT INTO visits SELECT (jsonb_populate_record(v, jsonb_build_object("
            "'visit_id', 'V-2', 'visit_code', '999999', 'ended_at', now()))).* FROM visits v"
        ),
        "another crew was with the borrower",
    ),
    "no notice": ("G6", "UPDATE visits SET notice_sent_at = NULL", "no notice"),
    "short notice": (
        "G6",
        ("UPDATE policies SET body = jsonb_set(body, '{visit,notice_lead_hours,value}', '97')"),
        "less than 97:00:00 before",
    ),
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
        "its costs were confirmed at no time",
    ),
    "costs confirmed by the signature": (
        "G7",
        "UPDATE agreements SET disclosed_at = signed_at",
        "its costs were confirmed at",
    ),
    "costs confirmed of another document": (
        "G7",
        "UPDATE agreements SET disclosed_at = offered_at - interval '1 day'",
        "its costs were confirmed at",
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
}
