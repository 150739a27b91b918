"""Who decided, signed, answered or came though they may not: G4, G6, G7 and G10."""

FOUR_EYES = {
    "same person in small letters": (
        "G6",
        "UPDATE visits SET applicant_id = 'a-1', applicant = 'collector'",
        "not approved by another person",
    ),
    "approved by the borrower": (
        "G6",
        "UPDATE visits SET approver_id = 'b-1', applicant_id = 'K-1'",
        "approved by the borrower",
    ),
    "collector as the borrower": (
        "G6",
        "UPDATE visits SET applicant_id = 'K-1'",
        "K-1 applied for it as the borrower",
    ),
    "crew that applied in small letters": (
        "G6",
        "UPDATE visits SET applicant_id = 'c-1', applicant = 'collector'",
        "the crew applied for or approved its own visit",
    ),
    "nothing was tried": (
        "G6",
        (
            # What had to be tried is known while the case follows the policy that it followed then.
            "UPDATE visits SET applicant = 'collector', applicant_id = 'K-1';"
            " DELETE FROM case_events WHERE name = 'policy_adopted';"
            " DELETE FROM contact_attempts"
        ),
        "a collector applied for it after 0 messages and 0 calls",
    ),
    "a payment just before": (
        "G6",
        (
            "UPDATE visits SET applicant = 'collector', applicant_id = 'K-1';"
            " DELETE FROM case_events WHERE name = 'policy_adopted';"
            " INSERT INTO payments (payment_id, loan_id, amount_minor, kind,"
            " received_at, recorded_at, source, sequence) SELECT 'P-X', loan_id, 1, 'payment',"
            " requested_at - interval '1 hour', requested_at - interval '1 hour', 'x', 0"
            " FROM visits"
        ),
        "days of a payment",
    ),
    "one person under two badges": (
        "G6",
        (
            "UPDATE case_events SET body = jsonb_set(body, '{badge_ids}', '[\"C-1\", \"c-1\"]')"
            " WHERE name = 'visit_checked_in'"
        ),
        "1 of the crew at the door",
    ),
    "reported before the crew came": (
        "G6",
        "UPDATE visits SET left_at = arrived_at - interval '2 days'",
        "it was reported before the crew came",
    ),
    "promise open at the door": (
        "G6",
        ("UPDATE promises SET made_at = '2026-01-11', resolved_at = NULL, status = 'open'"),
        "a promise to pay was open when the crew came",
    ),
    "negotiated by somebody barred": (
        "G7",
        "UPDATE crew_bars SET badge_id = 'c-1', since = '2026-01-11'",
        "negotiated by somebody who had been barred from the borrower",
    ),
    "signed by others": (
        "G7",
        "UPDATE agreements SET signatories = '[\"C-1\"]'",
        "the borrower has not signed it",
    ),
    "signed before the offer": (
        "G7",
        (
            "UPDATE case_events SET occurred_at = occurred_at - interval '2 days'"
            " WHERE name = 'agreement_signed'"
        ),
        "signed before it was offered",
    ),
    "signed after the end": (
        "G7",
        (
            "UPDATE case_events SET occurred_at = occurred_at + interval '5 days'"
            " WHERE name = 'agreement_signed'"
        ),
        "signed after it had expired",
    ),
    "waiver approved by the crew": (
        "G7",
        "UPDATE agreements SET waiver_approver_id = 'c-2'",
        "its waiver was approved by c-2, who has a part in it",
    ),
    "complaint that nothing holds for": (
        "G4",
        "UPDATE complaints SET resolved_at = NULL",
        "the complaint on loan L-1 is open, and nothing holds for it",
    ),
    "complaint that another hold stands for": (
        "G4",
        (
            "UPDATE complaints SET resolved_at = NULL;"
            " UPDATE holds SET released_at = NULL, complaint_id = NULL"
        ),
        "the complaint on loan L-1 is open, and nothing holds for it",
    ),
    "answered by nobody": ("G4", "UPDATE complaints SET handler_id = NULL", "answered by nobody"),
    "answered by the borrower": (
        "G4",
        "UPDATE complaints SET handler_id = 'b-1'",
        "was answered by b-1, who is the borrower",
    ),
    "answered by an approver of another loan": (
        "G4",
        (
            'INSERT INTO loans SELECT (jsonb_populate_record(l, \'{"loan_id": "L-2"}\')).*'
            " FROM loans l;"
            " UPDATE visits SET loan_id = 'L-2';"
            " UPDATE complaints SET handler_id = 'a-1',"
            " resolved_at = (SELECT approved_at + interval '1 minute' FROM visits)"
        ),
        "who approved visit",
    ),
    "answered by an approver": (
        "G4",
        (
            "UPDATE complaints SET handler_id = 'a-1',"
            " resolved_at = (SELECT approved_at + interval '1 minute' FROM visits)"
        ),
        "who approved visit",
    ),
    "asleep beyond its case": (
        "G10",
        (
            "UPDATE complaints SET resolved_at = NULL, answer_due_at = '2026-02-01';"
            " UPDATE collection_cases SET closed_at = '2026-01-15', outcome = 'cured'"
        ),
        "the complaint C-1 should have been answered by",
    ),
}
