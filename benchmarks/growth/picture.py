"""Costs that may grow, as lines: each against its cost at the smallest size."""

import math
from collections.abc import Sequence
from html import escape

from benchmarks.means.growth import Growth

_LEFT, _RIGHT, _TOP, _HEIGHT, _ROW = 60, 420, 20, 300, 18
_COLOURS = ("#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1",
            "#9c755f", "#bab0ac", "#333333")  # fmt: skip
_DASHES = ("", ' stroke-dasharray="5"', ' stroke-dasharray="2 4"')
_MOST = 4.0  # times the cost at the smallest size; what is more is drawn at the edge


def picture(found: Sequence[Growth]) -> str:
    """Sizes go by powers of ten from the smallest of each; a flat cost is a flat line."""
    decades = max((_decades(each, max(each.costs)) for each in found), default=1)
    height = _TOP + _HEIGHT + 40
    shapes = [*_axes(decades), *(line for place, each in enumerate(found)
                                 for line in _line(each, place, decades))]  # fmt: skip
    size = f'width="1010" height="{max(height, _TOP + _ROW * (len(found) + 1))}"'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        *shapes,
        "</svg>\n",
    ])  # fmt: skip


def _axes(decades: float) -> list[str]:
    shapes = []
    for times in range(int(_MOST) + 1):
        y = _y(times)
        shapes += [f'<path d="M{_LEFT} {y:.0f}H{_RIGHT}" stroke="#ddd"/>',
                   _text(_LEFT - 30, y + 4, f"× {times}")]  # fmt: skip
    for power in range(math.floor(decades) + 1):
        label = "the smallest size" if power == 0 else f"× {10**power}"
        shapes.append(_text(_x(power, decades) - 10, _TOP + _HEIGHT + 18, label))
    return shapes


def _line(each: Growth, place: int, decades: float) -> list[str]:
    colour, smallest = _COLOURS[place % len(_COLOURS)], each.costs[min(each.costs)]
    points = " ".join(
        f"{_x(_decades(each, size), decades):.0f},{_y(cost / smallest):.0f}"
        for size, cost in sorted(each.costs.items())
    )
    dash = _DASHES[place // len(_COLOURS) % len(_DASHES)]
    y = _TOP + _ROW * place + 10
    stroke = f'stroke="{colour}" stroke-width="2"{dash}'
    words = f"{each.measure}, by {each.along}: × {each.ratio:.2f}"
    return [
        f'<polyline points="{points}" fill="none" {stroke}/>',
        f'<path d="M{_RIGHT + 40} {y - 4}H{_RIGHT + 60}" {stroke}/>',
        _text(_RIGHT + 66, y, words),
    ]


def _decades(each: Growth, size: int) -> float:
    return math.log10(size / min(each.costs))


def _x(power: float, decades: float) -> float:
    return _LEFT + power / max(decades, 1) * (_RIGHT - _LEFT)


def _y(times: float) -> float:
    return _TOP + _HEIGHT * (1 - min(times, _MOST) / _MOST)


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}">{escape(words)}</text>'
