"""What the demo has to show at its end: tables from the database, and the audit."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from database.audit import PROMISED, Audit, Violation
from database.sql import Pool
from demo.report.ends import has_come_to, in_words, is_open, outcomes_of_loans
from demo.report.legal_files import write_files
from demo.report.paths import PathCount, count_paths, show_paths
from demo.stories.acts import Habit
from temporal.names import LOAN_COLLECTION, workflow_id

_TABLES = {
    "How the cases ended": """
        SELECT coalesce(outcome, 'still open') AS outcome, count(*) AS cases
        FROM collection_cases GROUP BY 1 ORDER BY 2 DESC""",
    "Contacts": """
        SELECT channel, count(*) FILTER (WHERE status = 'sent') AS sent,
               count(*) FILTER (WHERE status IN ('failed', 'unknown', 'reserved')) AS unsent,
               (SELECT count(*) FROM contact_refusals r WHERE r.channel = a.channel) AS refused
        FROM contact_attempts a GROUP BY channel ORDER BY channel""",
    "Contacts refused, by rule": """
        SELECT rule_id AS rule, min(reason) AS "for example", count(*) AS refusals
        FROM contact_refusals GROUP BY 1 ORDER BY 3 DESC""",
    "Visits": """
        SELECT status, coalesce(outcome, '') AS report, count(*) AS visits
        FROM visits GROUP BY 1, 2 ORDER BY 3 DESC""",
    "Agreements": """
        SELECT status, count(*) AS agreements, count(waiver_approver_id) AS "with approved waiver"
        FROM agreements GROUP BY 1 ORDER BY 2 DESC""",
    "Events": """
        SELECT name, count(*) FILTER (WHERE accepted) AS accepted,
               count(*) FILTER (WHERE NOT accepted) AS refused
        FROM case_events GROUP BY 1 ORDER BY 2 DESC, 1""",
    "Events refused, by rule": """
        SELECT split_part(reason, ': ', 1) AS rule,
               min(substr(reason, strpos(reason, ': ') + 2)) AS "for example",
               count(*) AS refusals
        FROM case_events WHERE NOT accepted GROUP BY 1 ORDER BY 3 DESC""",
}
_TAKEN_UP = "SELECT loan_id FROM collection_cases WHERE started_at IS NOT NULL"

_RECOVERED = """
    SELECT template, channel, status,
           (SELECT count(*) FROM simulated_outbox o WHERE o.reference = a.attempt_id) AS copies
    FROM contact_attempts a WHERE attempt_id = ANY ($1)
"""


@dataclass(frozen=True)
class Proof:
    """What the demo set out to show."""

    broken: list[Violation]
    without_end: list[str]
    never_started: list[str]
    other_end: list[str]
    paths: list[PathCount]
    bad_files: list[str]  # of the legal desk

    @property
    def holds(self) -> bool:
        faults = (self.broken, self.without_end, self.never_started, self.bad_files)
        return not any(faults) and all(path.was_taken for path in self.paths)


async def prove(
    pool: Pool,
    client: Client,
    habits: dict[str, Habit],
    folder: Path,
    now: datetime,
    *,
    every_path: bool,
    has_lost_engine: bool = False,
) -> Proof:
    """Audit the database, and hold it against Temporal and against the habits.

    A Temporal that lost its data knows nothing of cases that had ended before: then the record
    says which cases a workflow had taken up.

    The legal desk's files are written into `folder`. Without `every_path` the paths are counted
    and none has to be taken: a few loans do not reach them all.
    """
    files_in_order, bad_files = await write_files(pool, folder)
    outcomes = await outcomes_of_loans(pool)
    started = {run.id async for run in client.list_workflows(f"WorkflowType = '{LOAN_COLLECTION}'")}
    if has_lost_engine:
        started |= {workflow_id(row["loan_id"]) for row in await pool.fetch(_TAKEN_UP)}
    broken = await Audit(pool).broken(now)
    paths = await count_paths(pool, files_in_order)
    without_case = started - {workflow_id(loan_id) for loan_id in outcomes}
    broken += [Violation("G8", run_id, "a workflow without a case") for run_id in without_case]
    return Proof(
        broken=broken,
        without_end=sorted(loan_id for loan_id in habits if is_open(outcomes.get(loan_id, []))),
        never_started=sorted(
            loan_id for loan_id in {*habits, *outcomes} if workflow_id(loan_id) not in started
        ),
        other_end=[
            f"{loan_id} ({habit.name}): {in_words(ended)}, not {habit.end}"
            for loan_id, habit in sorted(habits.items())
            if not is_open(ended := outcomes.get(loan_id, [])) and not has_come_to(habit.end, ended)
        ],
        paths=paths if every_path else [path._replace(needed=0) for path in paths],
        bad_files=bad_files,
    )


async def show_tables(pool: Pool, console: Console) -> None:
    """Everything that was done and not done."""
    for title, query in _TABLES.items():
        rows = await pool.fetch(query)
        table = Table(title=title, title_justify="left", min_width=40)
        for name in rows[0].keys() if rows else ("nothing",):
            is_number = bool(rows) and isinstance(rows[0][name], int)
            table.add_column(name, justify="right" if is_number else "left", max_width=72)
        for row in rows:
            table.add_row(*(str(value) for value in row.values()))
        console.print(table)


async def show_recovered(pool: Pool, half_done: list[str], console: Console) -> None:
    """What became of the contacts that a killed worker had in hand."""
    for row in await pool.fetch(_RECOVERED, half_done):
        console.print(
            f"half done when the worker was killed: {row['template']} by {row['channel']}; "
            f"now {row['status']}, {row['copies']} in the provider's outbox",
            highlight=False,
        )


def show_proof(proof: Proof, habits: dict[str, Habit], console: Console) -> None:
    """The paths, the audit and its result."""
    show_paths(proof.paths, console)
    table = Table(title="Audit of the database", title_justify="left", min_width=40)
    table.add_column("guarantee")
    table.add_column("promised", max_width=72)
    table.add_column("violations", justify="right")
    for guarantee in Audit.guarantees:
        count = sum(violation.guarantee == guarantee for violation in proof.broken)
        table.add_row(guarantee, PROMISED[guarantee], f"[red]{count}" if count else "[green]0")
    console.print(table)
    for lines, what in (
        ([str(violation) for violation in proof.broken], "broken"),
        (proof.without_end, "without an end"),
        (proof.never_started, "without a workflow"),
        (proof.bad_files, "file of the legal desk"),
        (proof.other_end, "came to another end than their habit leads to"),
    ):
        for line in lines:
            console.print(f"{what}: {line}", highlight=False, markup=False, soft_wrap=True)
    as_expected = len(habits) - len(proof.without_end) - len(proof.other_end)
    console.print(f"{as_expected} of {len(habits)} loans came to the end their habit leads to")
