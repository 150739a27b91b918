"""What is wrong with a value is said in words: no pattern of ours, no sentence of a library."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from domain.events import EVENTS, UnreadableEventError, read_event
from domain.mistakes import SHAPES
from domain.policy.policy import Policy
from domain.visit.visitors import VisitorQuestion
from runtime.provider_settings import ProviderSettings
from tests.support.judged import BODIES
from tests.support.situations import NOON
from tests.support.world import event

MODELS = [*EVENTS.values(), VisitorQuestion, Policy, ProviderSettings]


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _patterns(part)


@pytest.mark.parametrize("model", MODELS)
def test_every_pattern_has_its_words(model: type[BaseModel]) -> None:
    """Of whatever is read from outside."""
    assert set(_patterns(model.model_json_schema())) <= SHAPES.keys()


def test_fingerprint_is_asked_for_in_words() -> None:
    """The sender learns how long it is, and of what."""
    body = event(NOON, event_id="e", **BODIES["agreement_signed"] | {"document_sha256": "abc"})
    with pytest.raises(UnreadableEventError, match=r"^document_sha256: must be 64 hex digits$"):
        read_event("agreement_signed", body)


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("borrower_said", {"says": "call_later"}, "until: is missing, and call_later needs it"),
        (
            "reply_received",
            {"reply_id": "R", "text": "N"},
            "phone_id: is missing, and text needs it",
        ),
    ],
)
def test_what_another_field_asks_for_is_named(name: str, body: dict[str, Any], reason: str) -> None:
    """The field first, as with every other mistake."""
    with pytest.raises(UnreadableEventError) as refused:
        read_event(name, event(NOON, event_id="e", **body))
    assert str(refused.value) == reason
