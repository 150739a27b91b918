"""Bars and bands as SVG, drawn here: a picture is a dozen rectangles and needs no library."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 760, 320, 60, 40, 40
COLOURS = ("#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1",
           "#9c755f", "#bab0ac")  # fmt: skip

Series = Mapping[str, Sequence[float]]


def stacked_bars(title: str, labels: Sequence[str], series: Series) -> str:
    """One bar a label, the series on top of one another; as many labels as there is room for."""
    highest = max((sum(column) for column in zip(*series.values(), strict=True)), default=0) or 1
    shapes = [*_axis(highest), *_bars(labels, series, highest), *_legend(list(series))]
    return _document(title, shapes)


def _bars(labels: Sequence[str], series: Series, highest: float) -> Iterator[str]:
    step = (WIDTH - LEFT - 20) / max(len(labels), 1)
    scale = (HEIGHT - TOP - BOTTOM) / highest
    every = _every(labels)
    for place, label in enumerate(labels):
        x, y = LEFT + place * step, float(HEIGHT - BOTTOM)
        for colour, (name, values) in zip(COLOURS, series.items(), strict=False):
            height = values[place] * scale
            y -= height
            told = f"{label}, {name}: {values[place]:g}"
            yield (
                f'<rect x="{x + step * 0.08:.1f}" y="{y:.1f}" width="{step * 0.84:.1f}"'
                f' height="{height:.1f}" fill="{colour}"><title>{escape(told)}</title></rect>'
            )
        if place % every == 0 and x + len(label) * 3.3 < WIDTH:
            yield _text(x + step / 2, HEIGHT - BOTTOM + 16, label, "middle")


def _every(labels: Sequence[str]) -> int:
    """Each how manieth label is written out, so that none runs into the next."""
    room = max((len(label) for label in labels), default=0) * 6.5 + 10
    return max(-(-len(labels) * int(room) // (WIDTH - LEFT - 20)), 1)


def _axis(highest: float) -> Iterator[str]:
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - 20}" stroke="#ddd"/>'
        yield _text(LEFT - 6, y + 4, f"{highest * share:.0f}", "end")


def _legend(names: list[str]) -> Iterator[str]:
    x = float(LEFT)
    for colour, name in zip(COLOURS, names, strict=False):
        yield f'<rect x="{x:.1f}" y="26" width="9" height="9" fill="{colour}"/>'
        yield _text(x + 12, 35, name, "start")
        x += 24 + 6.4 * len(name)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _document(title: str, shapes: Sequence[str]) -> str:
    heading = f'<text x="{LEFT}" y="16" font-weight="bold">{escape(title)}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="sans-serif" font-size="11">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        + "\n".join([heading, *shapes])
        + "\n</svg>\n"
    )
