"""What is decided about the case itself."""

from typing import Literal

from domain.events.fields import Event, Id, Text


class PolicyAdopted(Event):
    name = "policy_adopted"
    policy_version: Id


class CaseClosed(Event):
    name = "case_closed"
    outcome: Literal["written_off", "transferred", "withdrawn", "handed_to_legal"]
    reason: Text = ""
