"""The worker, put together from all its parts: what `worker.py` runs."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.agreement_activities import AgreementActivities
from activities.business_time import Now, business_time, real_time
from activities.case_activities import CaseActivities
from activities.complaint_activities import ComplaintActivities, ComplaintWatches
from activities.contact_activities import ContactActivities
from activities.legal_activities import LegalActivities
from activities.reconcile_activities import ReconcileActivities, Reconciler
from activities.scan_activities import ScanActivities
from activities.starts_at_once import StartsAtOnce
from activities.visit_activities import VisitActivities
from activities.visitor_activities import VisitorActivities
from commands.at_start import what_differs
from commands.command_line import open_database, stop_requested
from database.case.case_record import CaseRecords
from database.case.cases import Cases
from database.case.legal_package import LegalPackages
from database.case.notices import StaffNotices
from database.case.promises import Promises
from database.case.reconciliation import CasesOnRecord
from database.case.scan import Scan
from database.contact.closed_gateways import ClosedGateways
from database.contact.contacts import Contacts
from database.contact.simulated_outbox import SimulatedOutbox
from database.errors import DatabaseAwayError, rows_kept_out_of_errors
from database.event_record import Events
from database.plan.agreements import Agreements
from database.policy.pinned_policies import PinnedPolicies
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from database.visit.visitor_checks import VisitorChecks
from database.visit.visits import Visits
from domain.clock import BusinessClock
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from gateways.choice import choose_gateways
from gateways.paced import PacedGateway
from gateways.protocol import Gateway
from policies.reader import fingerprint, read_policy
from policies.texts.claims import refuse_claims
from runtime.logs import configure_logging
from runtime.provider_settings import load_provider_settings
from runtime.settings import Settings, SettingsError, load_settings
from temporal.case_starter import TemporalCaseStarter, TemporalWatchStarter
from temporal.client import connect_temporal
from temporal.error_privacy import ErrorPrivacy
from temporal.names import TASK_QUEUE
from temporal.runs import TemporalRuns
from temporal.sandbox import sandbox
from workflows.complaint_watch import ComplaintWatch
from workflows.loan_collection import LoanCollection
from workflows.overdue_scan import OverdueScan
from workflows.visitor_check import VisitorCheck

ChooseGateways = Callable[[Settings, Pool], Mapping[Channel, Gateway]]
_LOG = logging.getLogger(__name__)
GRACE = timedelta(seconds=30)


async def run_worker(choose: ChooseGateways | None = None) -> int:
    """Run until SIGTERM or SIGINT, then let activities finish.

    `choose` gives the providers; None: those that the settings name.
    """
    settings = load_settings()
    configure_logging(settings.log_format, outages=(DatabaseAwayError,))
    policy = read_policy(settings.policy_file)
    refuse_claims(policy.texts or {}, settings.policy_file)
    now = business_time(settings.business_clock)
    if settings.business_clock.is_real and policy.channels.placeholders:
        _LOG.warning(
            "%s names hotlines that are placeholders (%s): before real borrowers are written to,"
            " give POLICY_FILE a policy of yours",
            settings.policy_file,
            ", ".join(policy.channels.placeholders.values()),
        )
    client = await connect_temporal()
    async with open_database(settings) as pool:
        await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
        for line in await what_differs(pool, "worker", policy, settings, now()):
            _LOG.warning(line)
        stop = stop_requested()
        gateways = (choose or _gateways)(settings, pool)
        by_door = settings.decisions_from == "door"
        worker = build_worker(
            client, pool, policy, settings.business_clock, now, gateways, decisions_by_door=by_door
        )
        starter = TemporalCaseStarter(client, settings.business_clock)
        at_once = asyncio.create_task(StartsAtOnce(pool, starter, policy.version, now).run())
        try:
            async with worker:
                await stop.wait()
        finally:
            at_once.cancel()
            await asyncio.gather(at_once, return_exceptions=True)
            for gateway in gateways.values():
                await gateway.close()
    return 0


def build_worker(
    client: Client,
    pool: Pool,
    policy: Policy,
    clock: BusinessClock,
    now: Now,
    gateways: Mapping[Channel, Gateway],
    *,
    decisions_by_door: bool = False,
) -> Worker:
    """A worker with all its parts. `policy` must be stored; `now` gives business time."""
    starter = TemporalCaseStarter(client, clock)
    reconciler = Reconciler(
        CasesOnRecord(pool), CaseRecords(pool), TemporalRuns(client), starter, clock
    )
    events = Events(pool, decisions_by_door_only=decisions_by_door)
    owners = (
        CaseActivities(Cases(pool), Promises(pool), StaffNotices(pool), events, now),
        _contact_activities(pool, policy, now, gateways),
        VisitActivities(Visits(pool), now),
        VisitorActivities(VisitorChecks(pool, policy.visit), now),
        AgreementActivities(Agreements(pool), StoredPolicies(pool), now),
        _complaint_activities(client, pool, policy, clock, now),
        LegalActivities(LegalPackages(pool), now),
        ScanActivities(Scan(pool), starter, policy.version, now),
        ReconcileActivities(reconciler, now),
    )
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[LoanCollection, OverdueScan, VisitorCheck, ComplaintWatch],
        activities=[function for owner in owners for function in activities_of(owner)],
        workflow_runner=sandbox(),
        interceptors=[ErrorPrivacy(rows_kept_out_of_errors)],
        graceful_shutdown_timeout=GRACE,
    )


def _complaint_activities(
    client: Client, pool: Pool, policy: Policy, clock: BusinessClock, now: Now
) -> ComplaintActivities:
    cases, starter = Cases(pool), TemporalWatchStarter(client)
    watches = ComplaintWatches(cases, starter, clock, policy.aftercare)
    return ComplaintActivities(cases, StaffNotices(pool), starter, watches, now)


def _gateways(settings: Settings, pool: Pool) -> Mapping[Channel, Gateway]:
    """Each channel's provider, asked no faster than the settings say."""
    chosen = {Channel.SMS: settings.sms_gateway, Channel.CALL: settings.call_gateway}
    given = load_provider_settings()
    rates = {Channel.SMS: settings.sms_per_second, Channel.CALL: settings.calls_per_second}
    gateways = choose_gateways(chosen, SimulatedOutbox(pool), given, real_time)
    see_real_time(settings, gateways)
    return {
        channel: gateway if (rate := rates[channel]) is None else PacedGateway(gateway, rate)
        for channel, gateway in gateways.items()
    }


def see_real_time(settings: Settings, gateways: Mapping[Channel, Gateway]) -> None:
    """See that no drill's clock makes a query's lag look over: a message would be sent twice.

    Raises:
        SettingsError: for a fast clock with a provider that sends what it gets twice.
    """
    for channel, gateway in gateways.items():
        if not (settings.business_clock.is_real or gateway.takes_once):
            name = f"{channel.upper()}_GATEWAY"
            raise SettingsError(f"{name} is wrong: this provider needs BUSINESS_CLOCK=real")


def _contact_activities(
    pool: Pool, policy: Policy, now: Now, gateways: Mapping[Channel, Gateway]
) -> ContactActivities:
    reaching = frozenset(each for each, gateway in gateways.items() if gateway.reaches_people)
    contacts = Contacts(pool, PinnedPolicies(policy), reaching)
    return ContactActivities(contacts, ClosedGateways(pool), gateways, now)


def activities_of(owner: object) -> list[Callable[..., Any]]:
    """Every activity among the methods of an object, or of a class."""
    members = inspect.getmembers(owner, inspect.isroutine)
    return [each for _, each in members if hasattr(each, "__temporal_activity_definition")]
