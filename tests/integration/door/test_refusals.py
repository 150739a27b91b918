"""What the door refuses: nothing is changed, and nothing personal is repeated or logged."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from database.door.credentials import Credentials
from database.sql import Pool
from domain.policy.policy import Policy
from door.signatures import make_secret
from tests.support.door.doors import a_door, client_of_nobody, now_in_utc
from tests.support.door.system import DOOR_KEY, System, admit
from tests.support.door.temporal import client_without_runs
from tests.support.world import Loan, insert_loan

LOAN = Loan("L-1001")
PAID: dict[str, Any] = {"payment_id": "P", "amount_minor": 1}
ADDRESS = "/v1/loans/L-1001/events/payment_received"
EVENT: dict[str, Any] = {
    "event_id": "e-1",
    "loan_id": "L-1001",
    "name": "payment_received",
    "occurred_at": "2026-11-24T10:00:00+08:00",
} | PAID


@pytest.fixture
async def bank(pool: Pool, policy: Policy) -> AsyncIterator[System]:
    """A system before a door; after what it sent, nothing is in the inbox."""
    await insert_loan(pool, LOAN)
    async with a_door(pool, client_without_runs(), policy) as system:
        yield system
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 0
    assert await pool.fetchval("SELECT count(*) FROM payments") == 0


@pytest.mark.parametrize("seconds", [-400, 400])
async def test_another_time_is_refused(bank: System, seconds: int) -> None:
    """What was overheard is of no use later."""
    bank.clock = seconds
    assert (await bank.send("L-1001", "payment_received", **PAID)).status_code == 401


async def test_every_wrong_signature_is_refused_in_the_same_words(
    bank: System, pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether the key is unknown, revoked, or the body another; the log names nobody."""
    body = json.dumps(EVENT).encode()
    right = bank.headers("e-1", body) | {"content-type": "application/json"}
    gone = await admit(pool, bank.http, "gone")
    await Credentials(pool).revoke("gone", now_in_utc())
    wrong: list[dict[str, str]] = [
        right | {"key-id": "nobody"},
        right | {"key-id": ""},
        right | {"webhook-signature": "v1,AAAA"},
        right | {"webhook-signature": "\xff"},
        right | {"webhook-timestamp": "now"},
        right | {"webhook-id": "e-2"},
        {"content-type": "application/json"},
        gone.headers("e-1", body) | {"content-type": "application/json"},
    ]
    sent = [
        await bank.http.post(
            ADDRESS,
            content=body,
            headers=[(k.encode(), v.encode("latin-1")) for k, v in each.items()],
        )
        for each in wrong
    ]
    twice = [*right.items(), ("key-id", "bank")]
    sent.append(await bank.http.post(ADDRESS, content=body, headers=twice))
    assert {answer.status_code for answer in sent} == {401}
    assert len({answer.text for answer in sent}) == 1
    logged = capsys.readouterr().out
    assert logged.count("not-authenticated") == len(sent)
    assert "L-1001" not in logged
    assert "e-1" not in logged


async def test_replaced_secret_opens_until_its_time(bank: System, pool: Pool) -> None:
    """And not a second longer."""
    now = now_in_utc()
    await Credentials(pool).rotate("bank", "another", now, now)
    assert (await bank.get("/v1/loans/L-1001/events/e-1")).status_code == 401
    bank.secret = make_secret(DOOR_KEY, "bank", "another")
    assert (await bank.get("/v1/loans/L-1001/events/e-1")).status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("case_closed", {"outcome": "withdrawn"}, "/name"),
        ("payment_received", PAID | {"source": "another"}, "/source"),
        (
            "complaint_filed",
            {"complaint_id": "C", "about": "x", "handler_id": "A-1"},
            "/handler_id",
        ),
        ("complaint_extended", {"complaint_id": "C", "approver_id": "A-1"}, "/approver_id"),
        (
            "visit_requested",
            {"applicant": "collector", "applicant_id": "A-1", "address_id": "B-1-a1"},
            "/applicant_id",
        ),
    ],
)
async def test_what_the_credential_does_not_say_is_refused(
    bank: System, pool: Pool, name: str, body: dict[str, Any], pointer: str
) -> None:
    """A foreign event, another's name, a guessed approver."""
    events = ["payment_received", "complaint_filed", "complaint_extended", "visit_requested"]
    small = await admit(pool, bank.http, "small", events=events, may_name_staff=False)
    answer = await small.send("L-1001", name, **body)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert "A-1" not in answer.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("payment_recieved", "No event has this name; did you mean payment_received?"),
        ("case_closd", "No event has this name; did you mean case_closed?"),
        ("x" * 60_000, "No event has this name; there are: payment_received, "),
    ],
)
async def test_a_misspelt_event_is_told_from_one_that_is_not_allowed(
    bank: System, pool: Pool, name: str, words: str
) -> None:
    """By the names that everybody may read, whatever the credential may send."""
    small = await admit(pool, bank.http, "small", events=["payment_received"])
    answer = await small.post("/v1/events", [EVENT | {"name": name}])
    [problem] = [each["problem"] for each in answer.json()]
    assert (problem["type"], problem["status"]) == ("/problems/unknown-event", 400)
    assert problem["detail"].startswith(words)
    assert name not in answer.text


@pytest.mark.parametrize(
    ("event_id", "slug"), [("d77", "not-this-id"), ("d 77", "no-event-id"), (7, "no-event-id")]
)
async def test_another_id_than_the_header_says_is_told_from_none(
    bank: System, event_id: object, slug: str
) -> None:
    """It has one; which of the two is meant cannot be known."""
    answer = await bank.post(ADDRESS, EVENT | {"event_id": event_id}, "d7")
    assert answer.json()["type"] == f"/problems/{slug}"
    assert answer.json()["errors"][0]["pointer"] == "/event_id"


async def test_what_is_refused_of_a_batch_is_named(bank: System, pool: Pool) -> None:
    """As far as it names itself, so that nobody counts places; nothing else of it comes back."""
    small = await admit(pool, bank.http, "small", events=["payment_received"])
    nowhere = {"loan_id": "L-404", "event_id": "e-2"}
    batch: list[object] = [
        EVENT | {"name": "case_closed"},
        EVENT | nowhere,
        EVENT | {"event_id": 7},
    ]
    batch += [{"loan_id": "\ud800", "event_id": "\0"}, "L-1001"]
    answer = await small.post("/v1/events", batch)
    named = {"loan_id": "L-1001", "event_id": "e-1"}
    found = [
        (part["status"], {key: part[key] for key in part if key.endswith("_id")})
        for part in answer.json()
    ]
    assert found == [
        (403, named),
        (404, nowhere),
        (400, {"loan_id": "L-1001"}),
        (400, {}),
        (400, {}),
    ]


async def test_loan_of_another_lender_is_as_none(bank: System, pool: Pool) -> None:
    """To send to, to ask for: nobody learns that it is there."""
    other = await admit(pool, bank.http, "other", lenders=["other-lender"])
    theirs = await other.send("L-1001", "payment_received", **PAID)
    nobodys = await other.send("L-404", "payment_received", **PAID)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text == nobodys.text
    assert (await other.get("/v1/loans/L-1001")).text == theirs.text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (ADDRESS, b"[]", 400),
        (ADDRESS, json.dumps(EVENT | {"loan_id": "L-2"}).encode(), 400),
        (ADDRESS, json.dumps(EVENT | {"name": "hold_placed"}).encode(), 400),
        (ADDRESS, json.dumps(EVENT | {"event_id": "e-9"}).encode(), 400),
        (ADDRESS, json.dumps(EVENT | {"event_id": 7}).encode(), 400),
        (ADDRESS, b'{"a": ' + b"[" * 70_000, 413),
        ("/v1/events", b"{}", 400),
        ("/v1/events", b"[]", 400),
        ("/v1/events", json.dumps([1] * 101).encode(), 400),
        ("/v1/loans/L-1001/events/nothing_known", json.dumps(EVENT).encode(), 400),
        ("/v1/nothing", b"{}", 404),
        ("/v1/loans/L-1001", b"{}", 405),
    ],
)
async def test_what_is_no_event_is_a_problem(
    bank: System, path: str, body: bytes, status: int
) -> None:
    """Of its own media type, with what is wrong and without the value."""
    answer = await bank.post_raw(path, body, "e-1")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


async def test_other_media_types_are_refused_before_anybody_is_asked_for(bank: System) -> None:
    """A form of a page somewhere cannot send an event."""
    for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"content-type": media_type}
        answer = await bank.http.post(ADDRESS, content=b"{}", headers=headers)
        assert answer.status_code == 415


async def test_unknown_parameter_is_refused(bank: System) -> None:
    """What is not understood is not passed over: who tries a dry run has nothing taken."""
    assert (await bank.get("/v1/loans/L-1001?as_of=today")).status_code == 400
    for path, value in ((ADDRESS, EVENT), ("/v1/events", [EVENT]), (f"{ADDRESS}x", EVENT)):
        answer = await bank.post(f"{path}?dryrun=true", value, "e-1")
        assert answer.status_code == 400
        assert answer.json()["type"] == "/problems/unknown-parameter"


async def test_while_temporal_is_away_events_are_kept(pool: Pool, policy: Policy) -> None:
    """And delivered by the next door, in order, once it is there again."""
    await insert_loan(pool, LOAN)
    async with a_door(pool, await client_of_nobody(), policy) as system:
        early = await system.send("L-1001", "payment_reversed", "r", payment_id="P")
        late = await system.send("L-1001", "payment_received", "p", **PAID)
        assert (early.status_code, late.status_code) == (202, 202)
        assert (await system.get(late.headers["location"])).status_code == 202
        assert (await system.http.get("/readyz")).json()["waiting"] == 2
    await pool.execute("UPDATE inbox SET leased_until = NULL")  # as time does
    async with a_door(pool, client_without_runs(), policy) as system:
        while (found := await system.get(late.headers["location"])).status_code == 202:
            pass
        assert found.json()["accepted"]
        assert "LC-RECORD" in (await system.get(early.headers["location"])).json()["reason"]
