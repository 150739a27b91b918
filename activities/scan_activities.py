"""The scan: a case and a workflow for every overdue loan, exactly once."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from pydantic import BaseModel
from temporalio import activity

from activities.business_time import Now
from database.case.scan import Cursor, Page, Scan
from domain.case.state import DueCase

STARTS_AT_ONCE = 50  # what one server takes without delay; not how many loans are collected

MOST_NAMED = 20  # a summary stays small, whatever stands in the tables


class CaseStarter(Protocol):
    """Starts the workflow of a case."""

    async def start_case(self, case: DueCase) -> bool:
        """Whether a workflow was started; False when one was running already."""
        ...


class ScanSummary(BaseModel):
    """What a scan did, and where it has got to."""

    started: int = 0
    already_running: int = 0
    skipped: int = 0
    failed: int = 0
    without_clock: list[str] = []  # the first loans whose time zone nobody knows, by id
    is_counted: bool = False  # those that a workflow takes care of already
    cursor: Cursor = Cursor()


async def scan_overdue(
    scan: Scan,
    starter: CaseStarter,
    policy_version: str,
    now: Now,
    summary: ScanSummary,
    report: Callable[[ScanSummary], None],
) -> ScanSummary:
    """Go on with a scan from where its summary says it got to.

    A start that fails is counted and left for the next scan: its case is on record as not
    started. `report` is called after each page.
    """
    if not summary.is_counted:
        summary.already_running += await scan.count_running(summary.cursor, now())
        summary.is_counted = True
    async for page in scan.open_cases(summary.cursor, policy_version, now()):
        await start_page(page, starter, summary)
        summary.cursor = page.last
        report(summary)
    return summary


async def start_page(page: Page, starter: CaseStarter, summary: ScanSummary) -> None:
    """Start what a page has, and count what came of it in the summary."""
    limit = asyncio.Semaphore(STARTS_AT_ONCE)

    async def start(case: DueCase) -> bool:
        async with limit:
            return await starter.start_case(case)

    results = await asyncio.gather(*map(start, page.to_start), return_exceptions=True)
    summary.started += sum(result is True for result in results)
    summary.already_running += sum(result is False for result in results)
    summary.skipped += page.skipped
    summary.failed += sum(isinstance(result, BaseException) for result in results)
    summary.without_clock = [*summary.without_clock, *page.without_clock][:MOST_NAMED]


class ScanActivities:
    """The scheduled scan's activity."""

    def __init__(self, scan: Scan, starter: CaseStarter, policy_version: str, now: Now) -> None:
        self._scan = scan
        self._starter = starter
        self._policy_version = policy_version
        self._now = now

    @activity.defn
    async def scan_overdue_loans(self) -> ScanSummary:
        """One pass over all overdue loans; a retry goes on after the last page that was done."""
        details = activity.info().heartbeat_details
        summary = ScanSummary.model_validate(details[0]) if details else ScanSummary()
        return await scan_overdue(
            self._scan,
            self._starter,
            self._policy_version,
            self._now,
            summary,
            lambda done: activity.heartbeat(done.model_dump(mode="json")),
        )
