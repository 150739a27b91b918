"""A template's version tells which words a message was made of."""

import pytest

from domain.messages import texts
from domain.messages.templates import Template
from domain.messages.versions import template_version


def test_versions_differ_by_words_alone() -> None:
    """Each template of each language has its own, always the same."""
    versions = [template_version(each, language) for language in texts.TEXTS for each in Template]
    assert len({*versions}) == len(versions)
    assert versions == [
        template_version(each, language) for language in texts.TEXTS for each in Template
    ]


def test_changed_word_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a part that is said only of some loans."""
    before = template_version(Template.PAID_NOTICE, "en")
    changed = {**texts.TEXTS["en"], Template.PAID_NOTICE: "Paid.[stop:  Reply.]"}
    monkeypatch.setitem(texts.TEXTS, "en", changed)
    assert template_version(Template.PAID_NOTICE, "en") != before
