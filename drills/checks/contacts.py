"""Each contact at the provider at most once, on the day that the debt gives it; none forgotten."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from activities.contact_result import MISSED
from demo.run import FIRST_DAY
from domain.contact.delivery import ProviderRefusal
from drills.chaos import Struck
from drills.checks.evidence import Evidence
from drills.gateway import code_of

_ATTEMPTS = "SELECT attempt_id, status FROM contact_attempts"
_DECIDED = ("sent", "unknown")
# A step's key says from which due date it counts, and how many days.
_KEY = r"(\d{4}-\d\d-\d\d):dpd-(\d+)-(sms|call)"
_OFF_THEIR_DAY = f"""
    WITH steps AS (
        SELECT a.attempt_id, a.loan_id, a.reserved_at, regexp_match(a.intent_key, '{_KEY}') AS key,
               (a.reserved_at AT TIME ZONE b.time_zone)::date AS day
        FROM contact_attempts a JOIN borrowers b USING (borrower_id)
        WHERE a.intent_key ~ '{_KEY}'
    )
    SELECT attempt_id, loan_id, day, key[1]::date AS since, key[2]::int AS days FROM steps
    WHERE day <> key[1]::date + key[2]::int
       OR NOT EXISTS (SELECT FROM loan_instalments i
                      WHERE i.loan_id = steps.loan_id AND i.due_on = key[1]::date)
    ORDER BY reserved_at
"""  # noqa: S608  (a pattern of ours)
# Until something happens to a loan, its ladder stands from the day on which its case was opened.
_LADDER = """
    WITH quiet AS (
        SELECT c.case_id, c.loan_id, c.overdue_since,
               (c.opened_at AT TIME ZONE b.time_zone)::date AS opened_on,
               (least(
                   $2::timestamptz,
                   c.closed_at,
                   (SELECT min(e.received_at) FROM case_events e
                    WHERE e.case_id = c.case_id AND e.name <> ALL ($3)),
                   (SELECT min(p.recorded_at) FROM payments p
                    WHERE p.loan_id = c.loan_id AND p.kind <> 'opening'),
                   (SELECT min(h.placed_at) FROM holds h WHERE h.borrower_id = l.borrower_id)
               ) AT TIME ZONE b.time_zone)::date AS until
        FROM collection_cases c JOIN loans l USING (loan_id) JOIN borrowers b USING (borrower_id)
    ), ladder AS (
        SELECT DISTINCT (step ->> 'days_past_due')::int AS days, step ->> 'channel' AS channel
        FROM policies, jsonb_array_elements(body #> '{contact,ladder,value}') AS step
        WHERE step ->> 'template' <> 'locate_call' AND (step ->> 'days_past_due')::int < $1
    )
    SELECT q.loan_id, l.days, l.channel, q.overdue_since + l.days AS day,
           (SELECT min(a.status) FROM contact_attempts a
            WHERE starts_with(a.intent_key, k.key)) AS status,
           coalesce(
               (SELECT max(r.rule_id) FROM contact_refusals r
                WHERE starts_with(r.intent_key, k.key)),
               CASE WHEN EXISTS (SELECT FROM contact_attempts a
                                 WHERE starts_with(a.intent_key, k.key)
                                   AND a.status = 'failed' AND a.outcome = $5) THEN $6::text END
           ) AS rule
    FROM quiet q CROSS JOIN ladder l
    CROSS JOIN LATERAL (SELECT concat(q.case_id, ':early_contact:', q.overdue_since, ':dpd-',
                                      l.days, '-', l.channel) AS key) AS k
    WHERE q.overdue_since + l.days > greatest(q.opened_on, $4::date)
      AND q.overdue_since + l.days < q.until
    ORDER BY 1, 2
"""
_VISITS_FROM_DAYS = 90
_CHANGES_NO_LADDER = ["call_finished", "policy_adopted"]
_DAYS_AFTER = 1
_ALL_BEGUN = (FIRST_DAY + timedelta(days=2)).date()  # every case begins on the first day
_SETTLES = timedelta(days=2)  # what has just become due may still be on its way


class Ladder(NamedTuple):
    """What became of the steps that had to be taken: how many, and which were not."""

    due: int
    made: int
    ruled_out: int
    missed_by_fault: list[str]
    missed_on_short_days: list[str]  # there, a second late is hours late
    unexplained: list[str]

    @property
    def missed(self) -> int:
        """For whatever reason."""
        return len(self.missed_by_fault) + len(self.missed_on_short_days) + len(self.unexplained)


async def sent_at_most_once(evidence: Evidence) -> list[str]:
    """By the providers' own file: no reference twice, none that is not on record as sent."""
    return await _not_sent_once(evidence, _DECIDED)


async def sent_at_most_once_so_far(evidence: Evidence) -> list[str]:
    """The same while contacts are in hand: reserved, and the provider's answer not yet written."""
    return await _not_sent_once(evidence, (*_DECIDED, "reserved"))


async def _not_sent_once(evidence: Evidence, as_it_may_be: Sequence[str]) -> list[str]:
    statuses = {row["attempt_id"]: row["status"] for row in await evidence.pool.fetch(_ATTEMPTS)}
    counts = Counter(message["reference"] for message in evidence.sent)
    twice = [f"{reference}: sent {n} times" for reference, n in counts.items() if n > 1]
    wrong = [
        f"{reference}: sent, and on record as {statuses.get(reference, 'nothing')}"
        for reference in counts
        if statuses.get(reference) not in as_it_may_be
    ]
    unsent = [
        f"{reference}: on record as sent, and the provider knows nothing of it"
        for reference, status in statuses.items()
        if status == "sent" and reference not in counts
    ]
    return twice + wrong + unsent


async def on_their_days(evidence: Evidence) -> list[str]:
    """Each step of a ladder on the day that the debt's due date gives it, by whichever run."""
    return [
        f"{row['loan_id']}: the step {row['days']} days after {row['since']} taken on {row['day']}"
        for row in await evidence.pool.fetch(_OFF_THEIR_DAY)
    ]


async def read_ladder(evidence: Evidence) -> Ladder:
    """Each step that had to be taken while nothing happened to its loan, and what became of it."""
    rows = await evidence.pool.fetch(
        _LADDER,
        _VISITS_FROM_DAYS,
        evidence.now - _SETTLES,
        _CHANGES_NO_LADDER,
        _ALL_BEGUN,
        code_of(ProviderRefusal.OTHER),  # the provider would not take it, and that is on record
        MISSED,  # as good as
    )
    made = [row for row in rows if row["status"] not in (None, "failed")]
    not_made = [row for row in rows if row["status"] in (None, "failed")]
    ruled_out = [row for row in not_made if row["rule"] not in (None, MISSED)]
    missed = [row for row in not_made if row["rule"] in (None, MISSED)]
    days = {day for struck in evidence.struck for day in _days_of(struck)}
    on_record = [row for row in missed if row["rule"]]
    by_fault = [row for row in on_record if row["day"] in days]
    on_short_days = [row for row in on_record if row["day"] not in days]
    unexplained = [row for row in missed if not row["rule"]]
    return Ladder(
        len(rows),
        len(made),
        len(ruled_out),
        *map(_in_words, (by_fault, on_short_days, unexplained)),
    )


def _days_of(struck: Struck) -> list[date]:
    """On which a fault may have kept a step from being taken: also on the morning after."""
    first, last = struck.began_at.date(), struck.ended_at.date()
    return [first + timedelta(days=n) for n in range((last - first).days + _DAYS_AFTER + 1)]


def _in_words(rows: Sequence[Any]) -> list[str]:
    return [
        f"{row['loan_id']}: {row['days']} days past due, {row['channel']}, on {row['day']}: "
        f"{'written down as missed or not taken' if row['rule'] else 'nothing is on record of it'}"
        for row in rows
    ]


async def none_forgotten(evidence: Evidence) -> list[str]:
    """What had to be made was made, or refused by a rule, or missed for a reason that is known."""
    return (await read_ladder(evidence)).unexplained
