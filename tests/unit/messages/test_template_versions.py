"""A template's version tells which words a message was made of."""

from domain.messages.templates import Template
from domain.messages.versions import template_version
from tests.support.shipped_texts import TEXTS


def test_versions_differ_by_words_alone() -> None:
    """Each template of each language has its own, always the same."""
    versions = [template_version(spoken, each) for spoken in TEXTS.values() for each in Template]
    assert len({*versions}) == len(versions)
    assert versions == [
        template_version(spoken, each) for spoken in TEXTS.values() for each in Template
    ]


def test_changed_word_is_another_version() -> None:
    """Also in a part that is said only of some loans; of a call also what is said before it."""
    english = TEXTS["en"]
    words = english.messages | {Template.PAID_NOTICE: "Paid.[stop:  Reply.]"}
    changed = english.model_copy(update={"messages": words, "call_opening": "Hello?"})
    differing = [
        each
        for each in Template
        if template_version(english, each) != template_version(changed, each)
    ]
    assert differing == [Template.OVERDUE_CALL, Template.PAID_NOTICE]
