"""The world outside: it opens cases, answers what they wait for, and reads the ledger."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx2

from benchmarks.peers.life import CLOSING, EXPECTED, telephone
from benchmarks.peers.sides import ROOT, Side, Want
from embedded.processes import LOOPBACK, Child, Guard, free_ports, inherited_environment

LOOKS_EVERY_SECONDS = 0.2
_TELLS_AGAIN_AFTER_DAYS = 1.0


class Delivery(NamedTuple):
    """One message that the provider took."""

    at: float
    reference: str
    number: str
    template: str
    text: str


class Ledger:
    """What the provider has delivered, by the borrower's number."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http
        self._read = 0
        self.of: dict[str, list[Delivery]] = {}

    async def read_on(self) -> None:
        """What has come since."""
        answer = await self._http.get(f"/ledger/{self._read}")
        rows = answer.raise_for_status().json()
        self._read += len(rows)
        for row in rows:
            delivery = Delivery(*row)
            self.of.setdefault(delivery.number, []).append(delivery)

    def ended_at(self, number: int) -> float | None:
        """When the closing notice was delivered."""
        deliveries = self.of.get(telephone(number), [])
        return next((each.at for each in deliveries if each.template == CLOSING.template), None)

    def faults(self, number: int) -> "Faults":
        """Of one case."""
        return faults_of(self.of.get(telephone(number), []))


class Faults(NamedTuple):
    """Deliveries that are missing, and that are too many."""

    lost: int = 0
    doubled: int = 0


def faults_of(deliveries: Sequence[Delivery]) -> Faults:
    """What of a life was not delivered, and what was delivered more often than once."""
    lost = doubled = 0
    for template, expected in EXPECTED.items():
        texts = Counter(each.text for each in deliveries if each.template == template)
        lost += max(expected - len(texts), 0)
        doubled += texts.total() - min(len(texts), expected)
    return Faults(lost, doubled)


@asynccontextmanager
async def open_provider() -> AsyncIterator[tuple[str, Ledger]]:
    """The stand-in in a process of its own: its address, and its ledger."""
    port, guard = free_ports(1)[0], Guard()
    address = f"http://{LOOPBACK}:{port}"
    with TemporaryDirectory(prefix="provider-") as directory:
        child = await Child.start(
            "provider", sys.executable, "-m", "benchmarks.peers.provider", str(port),
            log=Path(directory) / "log", env=inherited_environment({"PYTHONPATH": str(ROOT)}),
        )  # fmt: skip
        guard.watch(child)
        async with httpx2.AsyncClient(base_url=address) as http:
            try:
                while True:
                    with suppress(httpx2.TransportError):
                        await http.get("/ledger/0")
                        break
                    await asyncio.sleep(0.1)
                yield address, Ledger(http)
            finally:
                await child.stop(timedelta(seconds=2))
                guard.dismiss()


class World:
    """One side's cases, from their opening to their closing notice."""

    def __init__(self, side: Side, ledger: Ledger) -> None:
        self._side = side
        self._ledger = ledger
        self._numbers = count(1)
        self._attempts = count(1)
        self._told: dict[tuple[str, str], float] = {}
        self.opened: dict[int, float] = {}
        self.under_way: set[int] = set()

    async def open(self, many: int) -> None:
        """Let so many cases begin."""
        numbers = [next(self._numbers) for _ in range(many)]
        if numbers:
            await self._side.open_cases(numbers)
            now = time.time()
            self.opened |= dict.fromkeys(numbers, now)
            self.under_way |= set(numbers)

    async def look(self) -> None:
        """Answer what is waited for, and see which cases have ended."""
        wants = [want for want in await self._side.wants() if self._is_to_be_told(want)]
        await asyncio.gather(*(self._tell(want) for want in wants))
        await self._ledger.read_on()
        self.under_way -= {n for n in self.under_way if self._ledger.ended_at(n) is not None}

    def stuck(self) -> dict[int, float]:
        """Cases that have not ended, and when they were opened."""
        return {n: at for n, at in self.opened.items() if self._ledger.ended_at(n) is None}

    def give_up(self, older_than: float) -> None:
        """Cases that do not end: they no longer count as under way."""
        before = time.time() - older_than
        self.under_way -= {n for n in self.under_way if self.opened[n] < before}

    def faults(self, numbers: Iterable[int]) -> Faults:
        """Of all these cases."""
        found = [self._ledger.faults(number) for number in numbers]
        return Faults(sum(each.lost for each in found), sum(each.doubled for each in found))

    def ended_between(self, since: float, until: float) -> list[int]:
        """The cases whose closing notice was delivered then."""
        ended = {number: self._ledger.ended_at(number) for number in self.opened}
        return [number for number, at in ended.items() if at is not None and since <= at < until]

    def _is_to_be_told(self, want: Want) -> bool:
        """An answer that had no effect within a day is given again, as people do."""
        told_at = self._told.get(want[:2])
        again_after = _TELLS_AGAIN_AFTER_DAYS * self._side.settings.day
        return told_at is None or time.time() > told_at + again_after

    async def _tell(self, want: Want) -> None:
        self._told[want[:2]] = time.time()
        try:
            await self._side.tell(want, next(self._attempts))
        except Exception as error:  # a side's own client says what it likes; it is told again
            print(f"{self._side.name}: {want.event} of {want.case_id}: {error}")  # noqa: T201
