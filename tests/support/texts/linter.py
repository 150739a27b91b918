"""Reads a text as a stranger would: for threats, invented authority, and details of a debt."""

import re
from pathlib import Path

import yaml

_LISTS = yaml.safe_load((Path(__file__).parent / "forbidden_claims.yaml").read_text("utf-8"))
_AMOUNT = re.compile(r"[A-Z]{3} [\d,]+\.\d\d|[\d,]+元|\d+\.\d\d元")


def forbidden_claims(text: str, language: str) -> list[str]:
    """The words of the list that a text says; none of them may be in any."""
    return _said(text, language, _LISTS[language])


def debt_details(text: str, language: str) -> list[str]:
    """What in a text tells that there is a debt, or how much it is."""
    return [*_said(text, language, _LISTS[f"debt_{language}"]), *_AMOUNT.findall(text)]


def _said(text: str, language: str, words: list[str]) -> list[str]:
    if language == "zh":
        return [word for word in words if word in text]
    plain = f" {re.sub('[^a-z]+', ' ', text.lower())} "  # whole words: `sue` is not in `issue`
    return [word for word in words if f" {word} " in plain]
