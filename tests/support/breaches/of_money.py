"""Money of plans that breaks a guarantee (G7 and G9): not to be kept, not granted, not told."""

_WAIVER = (
    "INSERT INTO payments (payment_id, loan_id, amount_minor, kind, received_at, recorded_at,"
    " source) SELECT 'G-1:waiver', loan_id, 1000, 'waiver', signed_at, signed_at, 'x'"
    " FROM agreements; "
)
_PAID = (
    "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source,"
    " sequence) SELECT 'ALL', loan_id, total_minor, signed_at, signed_at, 'x', 1000"
    " FROM agreements; "
)
_CLOSED = (
    "UPDATE collection_cases SET outcome = 'cured', keeps_moments = true,"
    " closed_at = '2026-04-16T00:00:00Z' WHERE loan_id = 'L-1'; "
)

MONEY = {
    "offer that cannot be kept": (
        "G7",
        (
            "UPDATE agreements SET grace_days = 5;"
            " UPDATE agreement_instalments SET due_on = due_on - 9"
        ),
        "before it was drawn up",
    ),
    "waiver without a plan that is fulfilled": (
        "G7",
        "".join([_WAIVER, "UPDATE agreements SET waiver_minor = 1000"]),
        "1000 are granted of it, and it is signed",
    ),
    "more granted than agreed on": (
        "G7",
        "".join([_WAIVER, "UPDATE agreements SET status = 'completed', waiver_minor = 999"]),
        "1000 are granted of it, and it is completed with a waiver of 999",
    ),
    "fulfilled without its waiver": (
        "G7",
        "".join([_PAID, "UPDATE agreements SET status = 'completed', waiver_minor = 1000"]),
        "it is fulfilled, and its waiver is not granted",
    ),
    "paid in time and broken": (
        "G7",
        "".join(
            [
                _PAID,
                "UPDATE agreements SET status = 'broken', ended_at = '2026-06-01'; ",
                "UPDATE agreements SET missed_part = 1, missed_at = ended_at",
            ]
        ),
        "its part 1 was paid in time, and it is broken",
    ),
    "put off by no plan": (
        "G7",
        "UPDATE agreements SET status = 'broken'",
        "is put off, and no agreement is in force",
    ),
    "broken just after a hold": (
        "G7",
        (
            "UPDATE agreements SET status = 'broken', grace_days = 5, missed_part = 2,"
            " missed_at = '2026-06-01', ended_at = '2026-06-01';"
            " INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at, released_at)"
            " VALUES ('L-2', 'X', 'B-1', 'x', '2026-05-01', '2026-05-28')"
        ),
        "it is broken for its part 2 within 5 days of a hold",
    ),
    "fulfilled and withdrawn": (
        "G7",
        "".join([_PAID, "UPDATE agreements SET status = 'withdrawn', counted_until = 1000"]),
        "it was fulfilled, and has ended as withdrawn",
    ),
    "put off by a plan that is broken": (
        "G7",
        (
            "UPDATE agreements SET status = 'broken';"
            " UPDATE loan_instalments SET put_off_from = NULL"
        ),
        "and no plan was fulfilled",
    ),
    "overpaid without a case": (
        "G9",
        (
            "UPDATE payments SET amount_minor = 99999999, reversed_at = NULL;"
            " UPDATE case_events e SET stage = 'no_case', received_at = p.recorded_at"
            " FROM payments p WHERE e.body ->> 'payment_id' = p.payment_id;"
            " UPDATE case_events SET received_at = received_at - interval '9 days'"
            " WHERE name = 'payment_received';"
            " UPDATE payments SET recorded_at = recorded_at - interval '9 days'"
        ),
        "loan L-1 is overpaid, and nobody was told",
    ),
    "overpaid by what the ledger wrote before its event": (
        "G9",
        (
            "UPDATE payments SET amount_minor = 99999999, reversed_at = NULL,"
            " recorded_at = '2026-04-01';"
            " UPDATE case_events SET stage = 'ended' WHERE name = 'payment_received'"
        ),
        "loan L-1 is overpaid, and nobody was told",
    ),
    "overpaid by more than was told": (
        "G9",
        (
            "UPDATE payments SET amount_minor = 99999999, reversed_at = NULL;"
            " INSERT INTO staff_notices (notice_id, case_id, audience, kind, body, created_at)"
            " SELECT 'n', case_id, 'collectors', 'overpaid', '{\"amount_minor\": 5}', '2026-04-01'"
            " FROM visits;"
            " UPDATE case_events SET stage = 'ended' WHERE name = 'payment_received'"
        ),
        "loan L-1 is overpaid, and nobody was told",
    ),
    "owed beside the plan": (
        "G9",
        (
            "UPDATE agreements SET grace_days = 5, offered_at = '2026-03-03', counted_after = 900,"
            " counted_from = '2026-03-01';"
            " UPDATE payments SET reversed_at = '2026-03-02'"
        ),
        "owed beside the plan of G-1, and nobody was told",
    ),
    "overpaid": (
        "G9",
        "".join(["UPDATE payments SET amount_minor = 99999999, reversed_at = NULL; ", _CLOSED]),
        "were paid over all that was owed, and nobody was told",
    ),
    "settled and called cured": (
        "G9",
        "".join(["UPDATE loans SET outstanding_minor = 0; ", _CLOSED]),
        "nothing is owed, and the case has ended as cured",
    ),
}
