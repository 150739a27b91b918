"""The picture of a drill: contacts of each day, and the hours of those on which things failed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from demo.run import FIRST_DAY
from drills.chaos import Struck
from drills.schedule import SERVERS

_WIDTH, _LEFT, _BARS, _ROW = 900, 50, 120, 15
_HOURS = 14  # of a day, from 08:00 on: the night passes quickly
_DAY = timedelta(days=1)


def draw(sent: Sequence[dict[str, Any]], struck: Sequence[Struck], last_day: int) -> str:
    """An SVG; moments are business time."""
    moments = [datetime.fromisoformat(message["at"]) for message in sent]
    fault_days = sorted({each.planned.day for each in struck})
    parts = [*_days(moments, fault_days, last_day)]
    top = _BARS + 55
    for day in fault_days:
        of_day = [each for each in struck if each.planned.day == day]
        parts += _hours(top, day, moments, of_day)
        top += 48 + _ROW * len(of_day)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" '
        'font-family="sans-serif" font-size="10">'
        f'<rect width="{_WIDTH}" height="{top}" fill="#fff"/>'
    )
    return "\n".join([head, *parts, "</svg>\n"])


def _days(moments: Iterable[datetime], fault_days: Sequence[int], last_day: int) -> list[str]:
    """A bar for the contacts of each day."""
    counts = Counter((moment - FIRST_DAY) // _DAY for moment in moments)
    most = max(counts.values(), default=1)
    step = (_WIDTH - _LEFT - 10) / (last_day + 1)
    parts = [_text(_LEFT, 14, "Contacts of each business day; days with faults in red")]
    for day in range(last_day + 1):
        height = counts[day] / most * _BARS
        colour = "#c0392b" if day in fault_days else "#7f8c8d"
        x, y = _LEFT + day * step, 22 + _BARS - height
        parts.append(_box(x, y, step * 0.8, height, colour))
        if day % 10 == 0:
            parts.append(_text(x, 36 + _BARS, str(day)))
    return [*parts, _text(8, 30, str(most)), _text(8, 22 + _BARS, "0")]


def _hours(
    top: float, day: int, moments: Iterable[datetime], struck: Sequence[Struck]
) -> list[str]:
    """A line for each fault of a day, and a stroke for each contact below them."""
    began = FIRST_DAY + day * _DAY
    parts = [_text(_LEFT, top, f"Day {day}, 08:00 to 22:00: faults, and each contact below")]
    y = top + 6
    for each in sorted(struck, key=lambda each: each.began_at):
        x, end = _x(each.began_at - began), _x(each.ended_at - began)
        colour = "#c0392b" if each.planned.fault in SERVERS else "#e08e0b"
        parts.append(_box(x, y, max(end - x, 2), _ROW - 4, colour))
        label = f"{each.planned.fault}, {each.took_seconds:.0f} s"
        # Before a bar that ends too far to the right for it.
        fits = end < _WIDTH * 0.7
        parts.append(_text(end + 4 if fits else x - 4, y + 9, label, "start" if fits else "end"))
        y += _ROW
    of_day = [moment for moment in moments if began <= moment < began + _DAY]
    return parts + [_box(_x(moment - began), y + 2, 0.8, 14, "#2c3e50") for moment in of_day]


def _x(offset: timedelta) -> float:
    hours = min(max(offset / timedelta(hours=1), 0), _HOURS)
    return _LEFT + hours / _HOURS * (_WIDTH - _LEFT - 10)


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
