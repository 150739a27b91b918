"""The cover of the legal desk's file: what a person reads first, and can print."""

from collections.abc import Mapping
from typing import Any

from documents.html import ENVIRONMENT
from domain.contact.heard import Heard
from domain.debt.money import format_money

COVER = "cover.html"
_NO_LINK = {"sequence": 0, "chain": "–"}


def render_cover(contents: Mapping[str, Any], about: Mapping[str, str]) -> bytes:
    """A page, Chinese and English side by side, of the contents by file name.

    It says who owes what, every word that was said to them and by them, what is where in the file,
    and the end of the chain of evidence.
    """
    statement = contents["statement.json"]
    loan = statement["loan"]
    return (
        ENVIRONMENT.get_template("cover.html.jinja")
        .render(
            about=about,
            loan=loan,
            debt=statement["debt"],
            contacts=contents["contacts.csv"],
            heard=Heard,
            received=contents["received.csv"],
            events=len(contents["events.jsonl"]),
            visits=len(contents["visits.json"]),
            agreements=len(contents["agreements.json"]["agreements"]),
            erasures=contents.get("erasures.json", []),
            chain=(contents["evidence.jsonl"] or [_NO_LINK])[-1],
            money=lambda amount_minor: format_money(amount_minor, loan["currency"]),
        )
        .encode()
    )


def render_erased(about: Mapping[str, Any]) -> bytes:
    """The cover of a file whose content was erased: which case, when, by which rule."""
    return ENVIRONMENT.get_template("erased.html.jinja").render(about=about).encode()
