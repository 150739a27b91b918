"""Whom a borrower asks, where they complain and how they pay, by lender and language."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, model_validator

from domain.messages.texts import Language
from domain.policy.rule import PolicyModel

# No exchange anywhere begins with 000.
_PLACEHOLDER = re.compile(r"(?<!\d)000[ -]?000\d(?!\d)")
_NUMBERS = ("hotline", "complaint_hotline", "supervisor_hotline")


def _later(default: Any) -> Any:
    """A field that policies of before lack: left out while it says nothing, for the fingerprint."""
    return Field(default=default, exclude_if=lambda value: value == default)


class Lines(PolicyModel):
    """What is otherwise in one language, or of one lender; the rest is as said above it."""

    hotline: str | None = None
    complaint_hotline: str | None = None
    pay_at: str | None = None
    supervisor_name: str | None = None
    supervisor_hotline: str | None = None

    @property
    def said(self) -> dict[str, str]:
        """What is said here, by field."""
        fields = {name: getattr(self, name) for name in Lines.model_fields}
        return {name: value for name, value in fields.items() if value is not None}


def _in_language(lines: Mapping[Language, Lines], language: str) -> dict[str, str]:
    return next((each.said for name, each in lines.items() if name == language), {})


class LinesOfLender(Lines):
    """What is otherwise of one lender, and of that what is otherwise in one language."""

    by_language: dict[Language, Lines] = _later({})


class Channels(PolicyModel):
    """Where a borrower asks, checks a visitor and complains.

    `complaint_hotline` is the lender's own line; the supervisor's is named beside it, as what it
    is.
    """

    hotline: str
    complaint_hotline: str
    pay_at: str
    supervisor_name: str | None = _later(None)
    supervisor_hotline: str | None = _later(None)
    by_language: dict[Language, Lines] = _later({})
    by_lender: dict[str, LinesOfLender] = _later({})

    def of(self, lender: str, language: str) -> dict[str, str]:
        """What this lender says in this language, by field; no supervisor where none is known."""
        lender_lines = self.by_lender.get(lender, LinesOfLender())
        own = Lines(**{name: getattr(self, name) for name in Lines.model_fields})
        return {
            **own.said,
            **_in_language(self.by_language, language),
            **lender_lines.said,
            **_in_language(lender_lines.by_language, language),
        }

    @property
    def placeholders(self) -> dict[str, str]:
        """Numbers by field that nobody can own, such as 400-000-0000: the shipped policies' own."""
        return {name: number for name, number in self._numbers() if _PLACEHOLDER.search(number)}

    def _numbers(self) -> Iterator[tuple[str, str]]:
        for path, part in self._parts():
            for name in _NUMBERS:
                if (number := getattr(part, name)) is not None:
                    yield f"{path}{name}", number

    def _parts(self) -> Iterator[tuple[str, "Channels | Lines"]]:
        yield "", self
        for language, lines in self.by_language.items():
            yield f"by_language.{language}.", lines
        for lender, of_lender in self.by_lender.items():
            yield f"by_lender.{lender}.", of_lender
            for language, lines in of_lender.by_language.items():
                yield f"by_lender.{lender}.by_language.{language}.", lines

    @model_validator(mode="after")
    def _supervisor_has_a_name(self) -> "Channels":
        if (self.supervisor_hotline is None) != (self.supervisor_name is None):
            raise ValueError("supervisor_hotline and supervisor_name go together")
        if self.supervisor_hotline == self.complaint_hotline:
            raise ValueError("complaint_hotline: the supervisor's line is not the lender's own")
        return self
