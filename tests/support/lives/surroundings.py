"""What changes around a life: the policies it may adopt, and another loan of the same borrower."""

from datetime import date

from database.event_record import Events
from database.policy.stored_policies import StoredPolicies
from domain.case.events.without_case import IncomingEvent
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.world import Loan, event, insert_loan

# What each changes of the policy that a life begins with, by path.
CHANGES: dict[str, dict[str, Json]] = {
    "cn-hurried": {
        "plan": {"grace_days": 2, "broken_plans": 1, "negotiation_rounds": 1, "signing_hours": 24},
        "visit": {"approval_days": 5, "proposal_rounds": 1, "visits_per_case": 1},
    },
    "cn-patient": {
        "plan": {"grace_days": 10, "broken_plans": 4, "crew_waiver_limit": 0, "renegotiations": 4},
        "visit": {"approval_valid_days": 60, "cooling_days": 1, "planned_hours": "12-16"},
        "promise": {"grace_days": 4},
    },
}
_HOURS = {"12-16": {"start": "12:00", "end": "16:00"}}


class Surroundings:
    """Beside one life: policies are stored, and a loan that has no case is held and released."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._beside = Loan("L-beside", life.loan.borrower_id, date(2099, 1, 1))
        self._is_held = False
        self._count = 0

    async def arrange(self) -> list[str]:
        """Answers with the versions that may be adopted."""
        await insert_loan(self._life.pool, self._beside)
        policies, now = StoredPolicies(self._life.pool), await self._life.now()
        for version in CHANGES:
            policy = _changed(self._life.policy, version)
            await policies.store_policy(policy, fingerprint(policy), now)
        return [self._life.policy.version, *CHANGES]

    async def hold_or_release(self) -> str:
        """The borrower is held on the other loan, or released: this case hears nothing of it."""
        self._count += 1
        name = "hold_released" if self._is_held else "hold_placed"
        self._is_held = not self._is_held
        hold_id = f"beside-{(self._count + 1) // 2}"
        now = await self._life.now()
        body = {"event_id": f"b-{self._count}", "hold_id": hold_id, "reason": "bereavement"}
        incoming = IncomingEvent(name, event(now, **body), f"b-{self._count}")
        await Events(self._life.pool).record_without_case(
            self._beside.loan_id, incoming, self._life.policy, lambda: now
        )
        return f"beside: {name}"


def _changed(policy: Policy, version: str) -> Policy:
    body = policy.model_dump(mode="json")
    for section, rules in CHANGES[version].items():
        for name, value in rules.items():
            body[section][name]["value"] = _HOURS.get(str(value), value)
    return Policy.model_validate({**body, "version": version})
