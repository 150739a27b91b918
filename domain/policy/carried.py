"""A policy as a run carries it: what it decides by, without what only people read.

Every run has its policy in its history, so that a replay sees the same numbers for ever. The rules'
texts and sources, what the software does not keep, and the lender's hotlines are most of a policy,
and no run asks for them: they stay on record, under the policy's version. What is left is packed,
beside that version (`policy show VERSION` prints it). A run of before carries it open, or all of
it, and reads the same part.
"""

import json
import zlib
from base64 import b64decode, b64encode
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, PlainSerializer

from domain.policy.policy import AftercarePolicy, Policy

# What a run sees instead.
_UNSAID_OF_A_RULE = {
    "text": "", "source": "", "force": "bank", "verified": "own"
}  # fmt: skip
_UNSAID_OF_A_POLICY = {
    "channels": {"hotline": "", "complaint_hotline": "", "pay_at": ""},
    "not_kept_here": [],
}


def _carried(model: BaseModel) -> Any:
    return _without_words(model.model_dump(mode="json", exclude_defaults=True))


def _packed(policy: Policy) -> dict[str, str]:
    text = json.dumps(_carried(policy), separators=(",", ":")).encode()
    return {"version": policy.version, "packed": b64encode(zlib.compress(text, 9)).decode()}


def _read(value: Any) -> Any:
    match value:
        case {"packed": str(packed)}:
            return _unpacked(packed)
    return _without_words(value)


@lru_cache(maxsize=64)
def _unpacked(packed: str) -> Policy:
    """Read once: many cases are pinned to one policy."""
    return Policy.model_validate_json(zlib.decompress(b64decode(packed)))


def _without_words(value: Any) -> Any:
    """The same content, with nothing said; a model is left as it is."""
    match value:
        case dict():
            said = {name: part for name, part in value.items() if name != "article"}
            return {name: _without_words(part) for name, part in said.items()} | _unsaid(value)
        case list():
            return [_without_words(part) for part in value]
    return value


def _unsaid(part: dict[str, Any]) -> dict[str, Any]:
    if "contact" in part:
        return _UNSAID_OF_A_POLICY
    return _UNSAID_OF_A_RULE if {"id", "value"} <= part.keys() else {}


CarriedPolicy = Annotated[Policy, BeforeValidator(_read), PlainSerializer(_packed)]
CarriedAftercare = Annotated[
    AftercarePolicy, BeforeValidator(_without_words), PlainSerializer(_carried)
]
