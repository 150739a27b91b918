"""What to look at once the demo is over and everything is left running."""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from rich.console import Console

from database.sql import Pool
from temporal.names import LOAN_COLLECTION, workflow_id

# The loan with the longest story of those that a visit led to a kept plan; failing that, any.
_STORY = """
    SELECT c.loan_id, c.outcome, count(e.sequence) AS events
    FROM collection_cases c LEFT JOIN case_events e USING (case_id)
    GROUP BY c.case_id ORDER BY (c.outcome = 'plan_completed') DESC NULLS LAST, 3 DESC, 1 LIMIT 1
"""
_LEGAL_FILE = """
    SELECT loan_id FROM collection_cases WHERE outcome = 'handed_to_legal' ORDER BY 1 LIMIT 1
"""
# Without it the scans, one each business day, fill the first pages of the list.
_ALL_LOANS = quote(f'WorkflowType="{LOAN_COLLECTION}"')


class Story(NamedTuple):
    """A loan worth looking at."""

    loan_id: str
    end: str
    events: int


async def find_story(pool: Pool) -> Story | None:
    """The loan to open first; None when no case was opened."""
    row = await pool.fetchrow(_STORY)
    if row is None:
        return None
    return Story(row["loan_id"], (row["outcome"] or "still open").replace("_", " "), row["events"])


async def show_next_steps(pool: Pool, console: Console, ui: str, env_file: Path) -> None:
    """Which loan to open, and three commands to try on it."""
    story = await find_story(pool)
    if story is None:
        return
    in_legal = await pool.fetchval(_LEGAL_FILE)
    file_of = in_legal or story.loan_id
    for line in (
        "What you can do now",
        f"  Open loan {story.loan_id} ({story.end}; {story.events} events):",
        f"    {ui}/namespaces/default/workflows/{workflow_id(story.loan_id)}",
        f"  All loans: {ui}/namespaces/default/workflows?query={_ALL_LOANS}",
        "  In another terminal, in this directory:",
        f"    set -a; . {env_file}; set +a",
        f"    .venv/bin/python ops.py why {story.loan_id}",
        f"    .venv/bin/python ops.py status {story.loan_id}",
        f"    .venv/bin/python ops.py package {file_of} /tmp/{file_of}.zip",
    ):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
