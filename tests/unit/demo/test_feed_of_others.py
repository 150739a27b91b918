"""The demo's borrowers read what they are sent: the phrases they know must be in the texts."""

import pytest

from demo.systems.feed import subject, visit_code
from domain.messages.samples import every_text
from domain.messages.templates import Template
from tests.support.shipped_texts import TEXTS

ASKS = (Template.VISIT_INVITATION, Template.VISIT_APPOINTMENT)


@pytest.mark.parametrize("template", Template)
def test_reader_knows_what_a_message_asks(template: Template) -> None:
    """By a phrase that no other message has."""
    texts = [each.text for each in every_text(TEXTS["zh"]) if each.template is template]
    assert {subject(text) for text in texts} == {template if template in ASKS else None}


def test_reader_finds_the_code_of_a_visit() -> None:
    """In the message that announces it."""
    texts = [each for each in every_text(TEXTS["zh"]) if each.template is ASKS[1]]
    assert {visit_code(each.text) for each in texts} == {"012345"}
