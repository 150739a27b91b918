"""Complaints and what came of them."""

from typing import Annotated

from pydantic import Field, StrictBool

from domain.events.fields import Event, Id, Text


class ComplaintFiled(Event):
    name = "complaint_filed"
    complaint_id: Id
    about: Text
    handler_id: Id | None = None


class ComplaintExtended(Event):
    """More time to answer: once for a complex complaint, once more in a special case."""

    name = "complaint_extended"
    complaint_id: Id
    approver_id: Id
    reason: Text = ""


class ComplaintResolved(Event):
    name = "complaint_resolved"
    complaint_id: Id
    upheld: StrictBool
    remedy: Text = ""
    handler_id: Id | None = None
    # Crew members who do not visit this borrower any more.
    barred_badge_ids: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
