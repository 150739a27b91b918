"""Complaints and what came of them."""

from pydantic import StrictBool

from domain.events.fields import Event, Id, Text


class ComplaintFiled(Event):
    name = "complaint_filed"
    complaint_id: Id
    about: Text


class ComplaintResolved(Event):
    name = "complaint_resolved"
    complaint_id: Id
    upheld: StrictBool
    remedy: Text = ""
