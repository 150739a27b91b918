"""How a case and its events come to DBOS: its functions in Postgres, within our transaction."""

QUEUE, EVENTS = "cases", "events"
OPEN = f"""
    WITH opened AS (
        INSERT INTO cases (case_id, opened_at) SELECT unnest($1::text[]), $2 RETURNING case_id
    )
    SELECT dbos.enqueue_workflow(
        'case_life', '{QUEUE}', ARRAY[to_json(case_id), to_json($2::double precision)],
        workflow_id => case_id
    ) FROM opened
"""  # noqa: S608  (nothing of it comes from outside)
ANSWER = f"SELECT dbos.send_message($1, to_json($2::text), '{EVENTS}', $1 || $2 || $3)"
# region: call-off, the payment is on record and told to the workflow in one transaction
PAYMENT = f"""
    WITH paid AS (
        INSERT INTO payments VALUES ($2, $1) ON CONFLICT DO NOTHING RETURNING case_id, payment_id
    )
    SELECT dbos.send_message(case_id, '"paid"', '{EVENTS}', payment_id) FROM paid
"""  # noqa: S608
# endregion
