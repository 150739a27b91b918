"""What is told to other systems: each type of news, and what its `data` holds.

The database writes them (migration 0021); a test holds what it writes against these models.
"""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from domain.case.facts import Outcome, PromiseStatus
from domain.case.notices import Audience, NoticeKind
from domain.case.state import Stage
from domain.contact.status import AttemptStatus
from domain.messages.templates import Template
from domain.plan.status import AgreementStatus
from domain.policy.contact import Channel, Purpose
from domain.visit.status import VisitStatus

SHA256 = r"^[0-9a-f]{64}$"


class Told(BaseModel):
    """The `data` of news: a field without a value is left out."""

    model_config = ConfigDict(extra="forbid")


class ToldOfCase(Told):
    """News of a case."""

    case_id: str


class CaseNews(ToldOfCase):
    """A case was opened or reopened, has ended or is at another stage."""

    overdue_since: date
    stage: Stage | None = None
    outcome: Outcome | None = None


class ContactNews(ToldOfCase):
    """A message or a call was made; `unknown` where the provider cannot say whether it was."""

    attempt_id: str
    channel: Channel
    template: Template
    purpose: Purpose
    status: AttemptStatus


class PromiseNews(ToldOfCase):
    """A promise was made, kept, broken, or replaced by a plan."""

    promise_id: str
    amount_minor: int
    due_on: date


class VisitNews(ToldOfCase):
    """A visit has another status or another slot: its ids, to answer with."""

    visit_id: str
    applicant: str
    slot_id: str | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    approval_expires_at: AwareDatetime | None = None


class PlanNews(ToldOfCase):
    """A plan was proposed or given up."""

    plan_id: str


class AgreementNews(ToldOfCase):
    """An agreement has another status: its ids, and the hash of the document that is signed."""

    agreement_id: str
    plan_id: str
    visit_id: str
    document_sha256: str = Field(pattern=SHA256)
    total_minor: int
    waiver_minor: int
    supersedes: str | None = None
    expires_at: AwareDatetime


class SignedNews(AgreementNews):
    """The same of one that was signed, or that had ended and is in force again since a moment."""

    in_force_again_at: AwareDatetime | None = None


class _Notice(Told):
    notice_id: str
    audience: Audience
    notice: dict[str, Any]


class NoticeNews(_Notice, ToldOfCase):
    """The lender's own people were told something; `notice` is its body, without free text."""


class LoanNoticeNews(_Notice):
    """The same of a complaint or a payment, which may be of a loan that never had a case."""

    case_id: str | None = None


_OF_LOANS = {
    NoticeKind.COMPLAINT_TO_ANSWER,
    NoticeKind.COMPLAINT_DUE_SOON,
    NoticeKind.COMPLAINT_OVERDUE,
    NoticeKind.COMPLAINANT_TO_TELL,
    NoticeKind.OVERPAID,
    NoticeKind.OVERPAID_TAKEN_BACK,
}


_PROMISES = {PromiseStatus.OPEN: "made"}
NEWS: dict[str, type[Told]] = {
    **{f"case.{each}": CaseNews for each in ("opened", "stage_changed", "ended", "reopened")},
    "contact.made": ContactNews,
    **{f"promise.{_PROMISES.get(each, each)}": PromiseNews for each in PromiseStatus},
    **{f"visit.{each}": VisitNews for each in VisitStatus},
    **{f"plan.{each}": PlanNews for each in ("proposed", "given_up")},
    **{f"agreement.{each}": AgreementNews for each in AgreementStatus},
    f"agreement.{AgreementStatus.SIGNED}": SignedNews,
    **{
        f"notice.{each}": LoanNoticeNews if each in _OF_LOANS else NoticeNews for each in NoticeKind
    },
}
FAMILIES = sorted({name.partition(".")[0] for name in NEWS})


def is_wanted_type(text: str) -> bool:
    """Whether an endpoint can ask for it: a type, every one of a family, or every one."""
    return text in NEWS or text == "*" or text in {f"{family}.*" for family in FAMILIES}


def schema_of_news(name: str) -> dict[str, Any]:
    """The JSON Schema of the whole body of one type of news."""
    message = create_model(
        name,
        __config__=ConfigDict(extra="forbid"),
        __doc__=NEWS[name].__doc__,
        type=(str, Field(json_schema_extra={"const": name})),
        timestamp=(AwareDatetime, Field(description="When it happened, in business time")),
        loan_id=(str, ...),
        sequence=(int, Field(ge=1, description="Of the loan's news, without a gap")),
        data=(NEWS[name], ...),
    )
    schema = message.model_json_schema()
    for each in (schema, *schema["$defs"].values()):
        each.pop("additionalProperties", None)  # a later release may tell more
    return schema
