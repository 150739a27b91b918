"""Renminbi in capital numerals, as a bank would write them on a bill."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from documents.capital_numerals import LARGEST_MINOR, capital_yuan

YI = 10**8  # 亿

TABLE = {
    0: "零元整",
    1: "壹分",
    10: "壹角整",
    11: "壹角壹分",
    100: "壹元整",
    105: "壹元零伍分",
    150: "壹元伍角整",
    1_000: "壹拾元整",
    10_050: "壹佰元伍角整",
    10_099: "壹佰元玖角玖分",
    100_500: "壹仟零伍元整",
    105_000: "壹仟零伍拾元整",
    110_001: "壹仟壹佰元零壹分",
    999_999: "玖仟玖佰玖拾玖元玖角玖分",
    10_000_00: "壹万元整",
    10_001_00: "壹万零壹元整",
    10_010_00: "壹万零壹拾元整",
    11_000_00: "壹万壹仟元整",
    100_000_00: "壹拾万元整",
    1_010_000_00: "壹佰零壹万元整",
    9_999_999_99: "玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    (YI - 1) * 100: "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整",
    YI * 100: "壹亿元整",
    (YI + 1) * 100: "壹亿零壹元整",
    (YI + 10_000) * 100: "壹亿零壹万元整",
    (YI + 10_010_000) * 100: "壹亿壹仟零壹万元整",
    (YI * 10_000 - 1) * 100: "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整",
    YI * 10_000 * 100: "壹万亿元整",
    (YI * 10_000 + 1) * 100: "壹万亿零壹元整",
    (YI * 10_000 + YI) * 100: "壹万零壹亿元整",
    YI * 12_345 * 100: "壹万贰仟叁佰肆拾伍亿元整",
    LARGEST_MINOR: "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


@pytest.mark.parametrize(("amount_minor", "text"), TABLE.items())
def test_amount_is_written_as_on_a_bill(amount_minor: int, text: str) -> None:
    """Each place where a zero is written or left out."""
    assert capital_yuan(amount_minor) == text


@pytest.mark.parametrize("amount_minor", [-1, LARGEST_MINOR + 1])
def test_amount_that_cannot_be_written_is_refused(amount_minor: int) -> None:
    """Below nothing, and beyond the highest section."""
    with pytest.raises(ValueError, match=f"amount_minor: {amount_minor} is not between"):
        capital_yuan(amount_minor)


@given(st.one_of(st.integers(0, LARGEST_MINOR), st.integers(0, 10**8)))
@example(LARGEST_MINOR)
def test_what_is_written_is_read_back(amount_minor: int) -> None:
    """By a reader that knows nothing of how it was written; and no two zeros meet."""
    text = capital_yuan(amount_minor)
    assert _read(text) == amount_minor
    assert "零零" not in text
    assert text.endswith(("分", "整"))


def _read(text: str) -> int:
    """An amount of fen, from left to right: each unit multiplies what stands before it."""
    yuan, _, cents = text.removesuffix("整").rpartition("元")
    return _read_number(yuan) * 100 + _read_cents(cents)


def _read_cents(text: str) -> int:
    amount: dict[Any, int] = {"角": 0, "分": 0}
    for digit, unit in zip(*[iter(text.replace("零", ""))] * 2, strict=True):
        amount[unit] = "零壹贰叁肆伍陆柒捌玖".index(digit)
    return amount["角"] * 10 + amount["分"]


def _read_number(text: str) -> int:
    for unit, size in {"亿": YI, "万": 10_000, "仟": 1000, "佰": 100, "拾": 10}.items():
        if unit in text:
            many, _, rest = text.rpartition(unit)
            return _read_number(many) * size + _read_number(rest)
    digits = text.replace("零", "")
    return "零壹贰叁肆伍陆柒捌玖".index(digits) if digits else 0
