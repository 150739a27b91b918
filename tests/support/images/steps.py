"""What is done with the stack, in this order; the docstring of a step is its name."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.request import urlopen

from temporal.search_attributes import SEARCH_ATTRIBUTES
from tests.support.images.drain import worker_drains
from tests.support.images.front_door import door_takes_an_event
from tests.support.images.loans import FIRST, expect, import_loan, wait_for_sql
from tests.support.images.stack import Stack
from tests.support.images.transcript import RedError

Say = Callable[[str], None]

_KIND = "INDEXED_VALUE_TYPE_"


def comes_up(stack: Stack, say: Say) -> None:
    """The stack comes up in order, each service on what it waits for."""
    for name in stack.in_order():
        stack.start(name)
        say(f"{name}: {'ended with 0' if name in stack.jobs else 'started'}")


def jobs_may_be_repeated(stack: Stack, say: Say) -> None:
    """Every job may run again."""
    for job in stack.jobs:
        stack.again(job)
    say(", ".join(stack.jobs))


def rights_are_small(stack: Stack, say: Say) -> None:
    """No database user of the stack is a superuser or sees the other's databases."""
    roles = stack.sql(
        "SELECT rolname || ' ' || concat_ws(',', rolsuper, rolcreatedb, rolcreaterole) "
        "FROM pg_roles WHERE rolname IN ('temporal', 'collections') ORDER BY 1"
    )
    expect(roles.split("\n"), ["collections f,f,f", "temporal f,f,f"])
    may_connect = stack.sql(
        "SELECT r.rolname || ' ' || datname FROM pg_database, pg_roles r "
        "WHERE r.rolname IN ('temporal', 'collections') AND NOT datistemplate "
        "AND datname <> 'postgres' AND has_database_privilege(r.rolname, datname, 'CONNECT') "
        "ORDER BY 1"
    )
    expected = ["collections collections", "temporal temporal", "temporal temporal_visibility"]
    expect(may_connect.split("\n"), expected)
    say("; ".join(expected))


def processes_may_little(stack: Stack, say: Say) -> None:
    """Servers run as numbered users, without capabilities, on a file system they cannot write."""
    for name in stack.services.keys() - set(stack.jobs):
        status = dict(
            line.split(":", 1)
            for line in stack.execute(name, "cat", "/proc/1/status").splitlines()
            if ":" in line
        )
        expect([status[each].strip() for each in ("CapPrm", "CapBnd")], [f"{0:016x}"] * 2)
        expect(status["NoNewPrivs"].strip(), "1")
        wrote = stack.execute(name, "sh", "-c", "touch /here 2>/dev/null && echo wrote || true")
        expect(wrote, "")
        say(f"{name}: user {status['Uid'].split()[0]}")


def attributes_are_known(stack: Stack, say: Say) -> None:
    """The server knows the search attributes of the code, by name and type."""
    listed = stack.temporal("operator", "search-attribute", "list")["customAttributes"]
    known = {f"{name} {kind.removeprefix(_KIND)}" for name, kind in listed.items()}
    wanted = {f"{key.name} {key.indexed_value_type.name}" for key in SEARCH_ATTRIBUTES}
    if known != wanted:
        lacks, has = sorted(wanted - known), sorted(known - wanted)
        raise RedError(f"it lacks {', '.join(lacks)}; it has {', '.join(has)}")
    say(", ".join(sorted(known)))


def ui_answers(stack: Stack, say: Say) -> None:
    """The UI is well, and its port answers on the loopback address."""
    stack.see_healthy("temporal-ui")
    port = stack.compose("port", "temporal-ui", "8080").rpartition(":")[2]
    with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as page:
        expect(page.status, HTTPStatus.OK)
    say("health page: 200")


def tape_is_imported(stack: Stack, say: Say) -> None:
    """A loan tape is imported by the image."""
    say(import_loan(stack, FIRST).splitlines()[0])
    expect(stack.sql(f"SELECT count(*) FROM loans WHERE loan_id = '{FIRST}'"), "1")


def case_starts(stack: Stack, say: Say) -> None:
    """A scan starts a case: one workflow for the overdue loan."""
    stack.execute("worker", "python", "starter.py", "scan")
    described = stack.temporal("workflow", "describe", "--workflow-id", f"loan-{FIRST}")
    status = described["workflowExecutionInfo"]["status"]
    expect(status, "WORKFLOW_EXECUTION_STATUS_RUNNING")
    say(f"loan-{FIRST} is running")


def contact_is_made(stack: Stack, say: Say) -> None:
    """The case makes a contact, once."""
    sent = (
        "SELECT template || ' by ' || channel FROM contact_attempts "
        f"WHERE loan_id = '{FIRST}' AND status = 'sent'"
    )
    wait_for_sql(stack, sent, "a contact")
    say(stack.sql(sent))
    expect(stack.sql("SELECT count(*) FROM simulated_outbox"), "1")


def door_is_open(stack: Stack, say: Say) -> None:
    """The front door is ready, and takes a payment from a system that was let in."""
    say(door_takes_an_event(stack))


def audit_is_clean(stack: Stack, say: Say) -> None:
    """The worker starts again, and the audit finds no broken guarantee."""
    stack.compose("start", "worker")
    say(stack.execute("worker", "python", "ops.py", "audit"))
    expect(stack.sql("SELECT count(*) FROM simulated_outbox"), "2")


def dump_restores(stack: Stack, say: Say) -> None:
    """A dump of Postgres, restored into an empty one, keeps the record and the users' rights."""
    stack.compose("stop", "worker", "temporal")
    dump = stack.dump()
    stack.compose("down", "--volumes")
    stack.start("postgres")
    stack.see_healthy("postgres")
    stack.restore(dump)
    comes_up(stack, lambda _: None)
    expect(stack.sql("SELECT count(*) FROM contact_attempts WHERE status = 'sent'"), "2")
    rights_are_small(stack, lambda _: None)
    say(f"{len(dump.splitlines())} lines; {stack.execute('worker', 'python', 'ops.py', 'audit')}")


STEPS = (
    comes_up,
    jobs_may_be_repeated,
    rights_are_small,
    processes_may_little,
    attributes_are_known,
    ui_answers,
    tape_is_imported,
    case_starts,
    contact_is_made,
    door_is_open,
    worker_drains,
    audit_is_clean,
    dump_restores,
)


def name_of(step: Callable[..., Any]) -> str:
    """A step's name in the transcript."""
    return (step.__doc__ or "").strip().removesuffix(".")
