"""Currencies have the minor units that ISO 4217 gives them."""

import pytest

from domain.debt.money import format_money


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("EUR", "EUR 1,234.56"),
        ("DJF", "DJF 123,456"),
        ("RWF", "RWF 123,456"),
        ("VUV", "VUV 123,456"),
        ("OMR", "OMR 123.456"),
        ("LYD", "LYD 123.456"),
        ("CLF", "CLF 12.3456"),
    ],
)
def test_money_is_said_in_its_own_minor_unit(code: str, text: str) -> None:
    """None, two, three or four digits."""
    assert format_money(123_456, code) == text
