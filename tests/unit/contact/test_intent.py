"""Intents cross to activities, and stand in histories."""

import pytest

from domain.contact.intent import Intent
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose

BODY = '{"key": "k", "case_id": "c", "channel": "sms", "purpose": "%s", "template": "%s"}'


def test_template_crosses_as_its_name() -> None:
    """What histories hold is the same text as ever."""
    intent = Intent(
        key="k",
        case_id="c",
        channel=Channel.SMS,
        purpose=Purpose.VISIT,
        template=Template.VISIT_REMINDER,
    )
    assert '"template":"visit_reminder"' in intent.model_dump_json()
    read = Intent.model_validate_json(intent.model_dump_json())
    assert read.template is Template.VISIT_REMINDER


@pytest.mark.parametrize("purpose", Purpose)
def test_template_of_an_earlier_release_loads(purpose: Purpose) -> None:
    """Whatever it was called: a history is not refused for a word."""
    read = Intent.model_validate_json(BODY % (purpose, "visit_suggestion"))
    assert read.template == "visit_suggestion"
    assert not isinstance(read.template, Template)
