"""SMS segments: at, below and above each limit, in both alphabets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.messages.segments import is_gsm, sms_segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 100, 2),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the euro sign is not cut: it opens the second segment
        ("中" * 70, 1),
        ("中" * 71, 2),
        ("中" * 134, 2),
        ("中" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),  # 33 pairs a segment: the 67th unit stays empty
        ("a" * 69 + "，", 1),
        ("a" * 70 + "，", 2),
    ],
)
def test_segments_at_the_limits(text: str, segments: int) -> None:
    """160 and 153 characters in GSM-7, 70 and 67 in UCS-2."""
    assert sms_segments(text) == segments


def test_one_full_width_character_makes_the_text_ucs2() -> None:
    """The dearest mistake: a Chinese comma in an English text."""
    assert is_gsm("Crew: A, B")
    assert not is_gsm("Crew: A、B")


@given(st.text(max_size=400), st.text(max_size=100))
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    """And every text takes one at least."""
    assert 1 <= sms_segments(text) <= sms_segments(text + more)
