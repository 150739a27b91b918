"""The worker: builds everything once and runs the workflows and activities of the service."""

import asyncio
import signal
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.agreement_activities import AgreementActivities
from activities.business_time import Now, business_time
from activities.case_activities import CaseActivities
from activities.contact_activities import ContactActivities
from activities.legal_activities import LegalActivities
from activities.scan_activities import ScanActivities
from activities.visit_activities import VisitActivities
from activities.visitor_activities import VisitorActivities
from commands.command_line import database, run_command
from database.case.cases import Cases
from database.case.legal_package import LegalPackages
from database.case.scan import Scan
from database.contact.contacts import Contacts
from database.contact.simulated_outbox import Outbox
from database.event_record import Events
from database.plan.agreements import Agreements
from database.policy.pinned_policies import PolicyShelf
from database.sql import Pool
from database.visit.visitor_checks import VisitorChecks
from database.visit.visits import Visits
from domain.clock import BusinessClock
from domain.policy.policy import Channel, Policy
from gateways.simulated import SimulatedGateway
from policies.reader import fingerprint, read_policy
from runtime.logs import configure_logging
from runtime.settings import connect_temporal, load_settings
from temporal.case_starter import TemporalCaseStarter
from temporal.error_privacy import ErrorPrivacy
from temporal.names import TASK_QUEUE
from workflows.loan_collection import LoanCollection
from workflows.overdue_scan import OverdueScan
from workflows.visitor_check import VisitorCheck

# Loaded once, not again for each workflow: what keeps them pure is held by the linters.
PASSED_THROUGH = (
    "activities", "database", "documents", "domain", "gateways", "policies", "temporal", "workflows"
)  # fmt: skip
GRACE = timedelta(seconds=30)


def build_worker(
    client: Client, pool: Pool, policy: Policy, clock: BusinessClock, now: Now
) -> Worker:
    """A worker with all its parts. `policy` must be stored; `now` gives business time."""
    cases = Cases(pool)
    outbox = Outbox(pool)
    gateways = {channel: SimulatedGateway(channel, outbox) for channel in Channel}
    case_activities = CaseActivities(cases, Events(pool), now)
    contact_activities = ContactActivities(
        Contacts(pool, PolicyShelf(policy)), gateways, policy.channels, now
    )
    visit_activities = VisitActivities(Visits(pool), now)
    visitor_activities = VisitorActivities(VisitorChecks(pool, policy.visit), now)
    agreement_activities = AgreementActivities(Agreements(pool), cases, now)
    legal_activities = LegalActivities(LegalPackages(pool), now)
    scan_activities = ScanActivities(
        Scan(pool), TemporalCaseStarter(client, clock), policy.version, now
    )
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[LoanCollection, OverdueScan, VisitorCheck],
        activities=[
            case_activities.take_up_case,
            case_activities.read_facts,
            case_activities.record_event,
            case_activities.enter_stage,
            case_activities.resolve_promise,
            case_activities.close_case,
            case_activities.reopen_case,
            case_activities.notify_staff,
            contact_activities.contact_borrower,
            contact_activities.settle_contact,
            contact_activities.record_missed,
            visit_activities.book_crew,
            visit_activities.release_crew,
            visit_activities.void_approval,
            visit_activities.prepare_dossier,
            visit_activities.end_visit,
            visitor_activities.check_visitor,
            agreement_activities.offer_agreement,
            agreement_activities.end_agreement,
            legal_activities.build_legal_package,
            scan_activities.scan_overdue_loans,
        ],
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
        ),
        interceptors=[ErrorPrivacy()],
        graceful_shutdown_timeout=GRACE,
    )


async def run_worker() -> int:
    """Run until SIGTERM or SIGINT, then let activities finish."""
    settings = load_settings()
    configure_logging(settings.log_format)
    policy = read_policy(settings.policy_file)
    now = business_time(settings.business_clock)
    client = await connect_temporal()
    async with database(settings) as pool:
        await Cases(pool).store_policy(policy, fingerprint(policy), now())
        stopped = asyncio.Event()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signal_number, stopped.set)
        async with build_worker(client, pool, policy, settings.business_clock, now):
            await stopped.wait()
    return 0


def main() -> None:
    """Entry point; a setting that is wrong stops it with one line."""
    run_command(run_worker())


if __name__ == "__main__":
    main()
