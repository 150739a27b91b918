"""Events as broken systems send them: valid ones with another type, time, field or encoding.

    python -m tests.support.mutated_events [COUNT] [SEED]

Each must be accepted, or refused with a reason; the command says how many were which, and ends with
a traceback of the first that was neither.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from domain.case.events.judge import judge
from domain.case.events.table import EVENT_TABLE
from domain.case.judgement.fitting import EventRefusedError
from domain.case.state import Stage
from domain.events import UnreadableEventError, read_event, read_json, recordable
from domain.policy.policy import Policy
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY
from tests.support.judged import ACCEPTED, BODIES
from tests.support.situations import NOON, situation
from tests.support.world import event

Body = dict[str, Any]
STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, 10**30, "", " ", "0", "20270101", "1798761600", "\0",
    "\ud83d", "名", "x" * 5_000, [], [[]], {}, {"a": {}}, float("inf"), float("nan"), "2026-02-30",
    "2026-04-20T04:00:60Z", "2026-04-20T25:00:00Z", "2026-04-20T04:00:00",
    "2026-04-20T04:00:00+99:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "CNY", "USD",
    "L-2", "V-0", "NULL", "NaN",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "cp037")


def _lose(body: Body, chance: random.Random) -> None:
    del body[chance.choice(list(body))]


def _replace(body: Body, chance: random.Random) -> None:
    body[chance.choice(list(body))] = chance.choice(STRANGE)


def _add(body: Body, chance: random.Random) -> None:
    names = ("currency", "loan_id", "visit_id", "amount_minor", "until", "extra", "\ud83d", "")
    body[chance.choice(names)] = chance.choice(STRANGE)


def _move(body: Body, chance: random.Random) -> None:
    days = chance.choice((-40_000, -400, -31, -1, -0.01, 0.005, 0.02, 1, 400, 40_000))
    body["occurred_at"] = (NOON + timedelta(days=days)).isoformat()


def _wrap(body: Body, chance: random.Random) -> None:
    name = chance.choice(list(body))
    body[name] = chance.choice(([body[name]], {name: body[name]}, str(body[name])))


CHANGES: tuple[Callable[[Body, random.Random], None], ...] = (_lose, _replace, _add, _move, _wrap)


def mutated(chance: random.Random) -> tuple[str, bytes]:
    """A name and the bytes of a body, changed in up to three ways."""
    name = chance.choice(list(BODIES))
    body = event(NOON, event_id=f"e-{chance.random()}", **BODIES[name])
    for change in chance.choices(CHANGES, k=chance.randrange(4)):
        if body:
            change(body, chance)
    return name, _as_bytes(body, chance)


def _as_bytes(body: Body, chance: random.Random) -> bytes:
    text = json.dumps(body)
    if chance.random() < 0.1:
        text = text.replace("{", '{"event_id": "other", ', 1)  # given twice, mostly
    data = text.encode(chance.choice(ENCODINGS) if chance.random() < 0.1 else "utf-8")
    return data[: chance.randrange(len(data))] if chance.random() < 0.05 else data


def outcome(name: str, data: bytes, policy: Policy, stage: Stage) -> tuple[str, str]:
    """`accepted`, or the rule that refuses; and the reason. Anything else is raised."""
    at = situation(policy, stage)
    body: object = None
    try:
        body = read_json(data)
        read = read_event(name, body)
        judge(read, at)
    except UnreadableEventError as error:
        recordable(body).encode()
        return "LC-CONTRACT", str(error)
    except EventRefusedError as error:
        return error.rule_id, error.reason
    row = EVENT_TABLE[name]
    for ask in (row.visit_id, row.due_at, row.waiver, row.apply):
        ask(read, at)
    read.model_dump_json()
    return ACCEPTED, ""


def main(count: int = 100_000, seed: int = 1) -> None:
    """Try so many, and say what became of them."""
    chance, policy = random.Random(seed), read_policy(CHINA_POLICY)  # noqa: S311 no secret
    found: Counter[str] = Counter()
    for _ in range(count):
        name, data = mutated(chance)
        rule, reason = outcome(name, data, policy, chance.choice(list(Stage)))
        assert rule == ACCEPTED or reason, (name, data)
        found[rule] += 1
    sys.stdout.writelines(f"{times:>8} {rule}\n" for rule, times in found.most_common())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
