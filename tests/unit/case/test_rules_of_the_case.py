"""A refusal names a rule of the case's own policy; costs are confirmed before the signature."""

from datetime import timedelta
from pathlib import Path

import pytest

from domain.case.state import Stage
from domain.contact.facts import ContactFacts
from domain.contact.hold import Hold, HoldReason
from domain.contact.permission import may_contact
from domain.contact.question import Refused
from domain.events import VisitCheckedIn, read_event
from domain.policy.changes import rules_of
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from domain.visit.doorstep import explain
from policies.reader import read_policy
from tests.support.judged import ACCEPTED, BODIES, verdict
from tests.support.situations import NOON, situation
from tests.support.world import event as any_event

SHIPPED = ("cn", "us-reg-f", "uk-conc", "in-rbi")
CONFIRMED = "costs_confirmed_at"


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest, repository: Path) -> Policy:
    """Each policy that is shipped."""
    return read_policy(repository / "policies" / f"{request.param}.yaml")


def _without_later_rules(policy: Policy) -> Policy:
    content = policy.model_dump(mode="json")
    for section, name in (
        ("plan", "paused_while_honoured"),
        ("plan", "costs_confirmed"),
        ("visit", "entry_consent"),
        ("aftercare", "complaint_handler"),
    ):
        content[section].pop(name)
    return Policy.model_validate(content)


def test_refusals_name_rules_that_the_policy_has(shipped: Policy) -> None:
    """A British case is refused by no Chinese rule."""
    ids = {rule.rule_id for rule in rules_of(shipped)}
    plan, visit = shipped.plan, shipped.visit
    used = {plan.pause_rule, plan.costs_rule, visit.entry_rule}
    assert used <= ids
    chinese = {rule_id for rule_id in ids if rule_id.startswith("CN-")}
    assert bool(chinese) == (shipped.profile == "cn")


def test_policy_of_before_refuses_by_our_own_names(policy: Policy) -> None:
    """They stand in the shared part of every shipped policy."""
    before = _without_later_rules(policy)
    assert before.plan.pause_rule == "LC-PLAN-PAUSE"
    assert before.plan.costs_rule == "LC-PLAN-COSTS"
    assert before.visit.entry_rule == "LC-VISIT-ENTRY"
    facts = ContactFacts(
        time_zone="Asia/Shanghai", case_open=True, arrears_minor=1, plan_honoured=True
    )
    refused = may_contact(Channel.SMS, Purpose.COLLECTION, facts, [before, policy], NOON)
    assert isinstance(refused, Refused)
    assert refused.rule_id == "LC-PLAN-PAUSE"


@pytest.mark.parametrize(
    ("seconds_before", "rule"), [(60, ACCEPTED), (1, ACCEPTED), (0, "CN-27"), (-60, "CN-27")]
)
def test_costs_are_confirmed_before_the_signature(
    seconds_before: int, rule: str, policy: Policy
) -> None:
    """Not with it: a table that is shown with the pen in the hand has not been read."""
    at = situation(policy, Stage.AGREEMENT)
    confirmed_at = (NOON - timedelta(seconds=seconds_before)).isoformat()
    assert verdict("agreement_signed", at, **{CONFIRMED: confirmed_at})[0] == rule


def test_signature_without_confirmed_costs_fits_no_contract(policy: Policy) -> None:
    """Whoever does not say when they were confirmed is not believed that they were."""
    at = situation(policy, Stage.AGREEMENT)
    with pytest.raises(ValueError, match=f"{CONFIRMED}: is missing"):
        verdict("agreement_signed", at, **{CONFIRMED: None})


@pytest.mark.parametrize(
    ("profile", "reason", "rule"),
    [
        ("cn", HoldReason.CONTACT_BAN, "CN-32"),
        ("uk-conc", HoldReason.BREATHING_SPACE, "UK-04"),
        ("us-reg-f", HoldReason.CONTACT_BAN, "LC-HOLD"),
        ("cn", HoldReason.DISPUTE, "LC-HOLD"),
    ],
)
def test_hold_refuses_by_its_own_rule(
    profile: str, reason: HoldReason, rule: str, repository: Path
) -> None:
    """Also what would be the last word at the end of a case."""
    pinned = read_policy(repository / "policies" / f"{profile}.yaml")
    facts = ContactFacts(
        time_zone=pinned.time_zone,
        case_open=False,
        arrears_minor=0,
        holds=[Hold(hold_id="H", reason=reason)],
    )
    refused = may_contact(Channel.SMS, Purpose.CLOSING, facts, [pinned], NOON)
    assert isinstance(refused, Refused)
    assert (refused.rule_id, refused.retry_at) == (rule, None)


@pytest.mark.parametrize(("reason", "rule"), [("contact_ban", "CN-32"), ("hardship", ACCEPTED)])
def test_contact_ban_names_no_end(reason: str, rule: str, policy: Policy) -> None:
    """It lasts until somebody who may lifts it; other holds may end by themselves."""
    at = situation(policy, Stage.EARLY_CONTACT)
    until = (NOON + timedelta(days=30)).isoformat()
    assert verdict("hold_placed", at, reason=reason, until=until)[0] == rule
    assert verdict("hold_placed", at, reason=reason, until=None)[0] == ACCEPTED


def test_seventh_dial_of_a_number_is_refused(policy: Policy) -> None:
    """Whether or not somebody answered the six before it (CN-06, read strictly)."""
    [counter] = [rule for rule in policy.contact.counters.values() if rule.id == "CN-06"]
    assert (counter.id, counter.value.counted, counter.value.limit) == ("CN-06", "attempts", 6)


def test_crew_hears_the_rule_of_its_own_country() -> None:
    """Who may not enter is told why."""
    body = BODIES["visit_checked_in"] | {"entry_consent": False}
    event = read_event("visit_checked_in", any_event(NOON, event_id="e", **body))
    assert isinstance(event, VisitCheckedIn)
    assert explain(event, "UK-02-ENTRY") == "UK-02-ENTRY: no consent to enter: talk at the door"
