"""The picture of the process, drawn from what the stages say of their exits.

    python -m workflows.picture > docs/process.svg

An arrow leads to the first exit in a stage's signature; the others stand in its box.
"""

import sys
from collections.abc import Iterator
from html import escape
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from domain.case.state import Stage
from workflows.loan_collection import PROCESS

WIDTH, HEIGHT = 1180, 520
BOX = (164, 116)
GAP = 32
LEFT, TOP, ROW = 18, 40, 176  # of the first box; from row to row
CHARACTERS = 27  # of a small line in a box

ROWS = (
    (
        Stage.EARLY_CONTACT,
        Stage.APPLICATION,
        Stage.APPROVAL,
        Stage.APPOINTMENT,
        Stage.PREPARATION,
        Stage.VISIT,
    ),
    (
        Stage.LEGAL_REVIEW,
        Stage.REPAYMENT,
        Stage.CLOSING_VISIT,
        Stage.GUIDED_REPAYMENT,
        Stage.AGREEMENT,
        Stage.PLAN,
    ),
)
ABOUT = {
    Stage.EARLY_CONTACT: ("SMS and calls at the", "ladder's days past due"),
    Stage.APPLICATION: ("the borrower is invited;", "a collector may apply"),
    Stage.APPROVAL: ("by another person;", "silence is a no"),
    Stage.APPOINTMENT: ("a crew of two or more,", "proposed and confirmed"),
    Stage.PREPARATION: ("dossier, reminder,", "last look"),
    Stage.VISIT: ("identity, willingness,", "capacity, proposal"),
    Stage.PLAN: ("parts sum to the whole;", "waivers are approved"),
    Stage.AGREEMENT: ("a document, signed by", "its SHA-256"),
    Stage.GUIDED_REPAYMENT: ("how to pay the first", "part, until it is paid"),
    Stage.CLOSING_VISIT: ("what follows, hotline,", "where to complain"),
    Stage.REPAYMENT: ("from due date to due", "date, in silence"),
    Stage.LEGAL_REVIEW: ("too old, too many visits", "or broken plans"),
}
# The ends that a stage leads to by itself; every stage may be ended by a payment or from outside.
ENDS = {
    Stage.EARLY_CONTACT: "arrears paid: cured",
    Stage.LEGAL_REVIEW: "handed to legal",
    Stage.REPAYMENT: "all parts paid: plan completed",
}
LABEL = (
    'font-family="Helvetica,Arial,sans-serif" role="img"'
    ' aria-label="The stages of a collection case"'
)
STYLE = (
    ".t{font-size:14px;font-weight:600;text-anchor:middle;fill:#1d2b3a}"
    ".s{font-size:11px;text-anchor:middle;fill:#44566a}"
    ".o{font-size:10.5px;text-anchor:middle;fill:#7a4a16}"
    ".l{font-size:11px;text-anchor:middle;fill:#2f6b3a}"
    ".b{fill:#eef4fb;stroke:#3b6ea5}.e{fill:#eaf5ea;stroke:#4f9a5b}"
    ".a{stroke:#3b6ea5;stroke-width:1.5;fill:none}.g{stroke:#4f9a5b;stroke-width:1.5;fill:none}"
)


class Point(NamedTuple):
    """A place on the picture, in its own units."""

    x: float
    y: float


def exits(stage: Stage) -> list[Stage]:
    """Where a stage leads, as its signature says, the usual exit first."""
    found = _literals(get_type_hints(PROCESS[stage])["return"])
    return list(dict.fromkeys(found))


def _literals(hint: Any) -> Iterator[Stage]:
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    else:
        for part in get_args(hint):
            yield from _literals(part)


def draw() -> str:
    """The picture as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {LABEL}>',
        f"<style>{STYLE}</style>",
        f"<defs>{_arrowhead('m', '#3b6ea5')}{_arrowhead('n', '#4f9a5b')}</defs>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_ends(),
        *(_arrow(stage, exits(stage)[0]) for stage in PROCESS if stage is not Stage.LEGAL_REVIEW),
        _arrow(Stage.EARLY_CONTACT, Stage.LEGAL_REVIEW),
        *(_box(stage) for stage in PROCESS),
        "</svg>",
        "",
    ]
    return "\n".join(parts)


def _corner(stage: Stage) -> Point:
    for number, row in enumerate(ROWS):
        if stage in row:
            return Point(LEFT + row.index(stage) * (BOX[0] + GAP), TOP + number * ROW)
    raise LookupError(f"{stage} has no place in the picture")


def _box(stage: Stage) -> str:
    x, y = _corner(stage)
    middle = x + BOX[0] / 2
    title = stage.value.replace("_", " ").capitalize()
    lines = [_text("t", middle, y + 24, title)]
    lines += [_text("s", middle, y + 43 + 15 * n, line) for n, line in enumerate(ABOUT[stage])]
    others = [each for each in exits(stage) if each is not stage and not _is_drawn(stage, each)]
    words = ", ".join(each.value.replace("_", " ") for each in others)
    wrapped = _wrap(f"or {words}") if words else []
    lines += [_text("o", middle, y + 78 + 13 * n, line) for n, line in enumerate(wrapped)]
    frame = f'<rect x="{x}" y="{y}" width="{BOX[0]}" height="{BOX[1]}" rx="8" class="b"/>'
    return frame + "".join(lines)


def _is_drawn(stage: Stage, following: Stage) -> bool:
    """Whether an arrow says it already."""
    if stage is Stage.LEGAL_REVIEW:
        return False
    if stage is Stage.EARLY_CONTACT and following is Stage.LEGAL_REVIEW:
        return True
    return following is exits(stage)[0]


def _wrap(words: str) -> list[str]:
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) >= CHARACTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _arrow(stage: Stage, following: Stage) -> str:
    start, end = _corner(stage), _corner(following)
    half_width, half_height = BOX[0] / 2, BOX[1] / 2
    if start.y == end.y:
        y = start.y + half_height
        forward = end.x > start.x
        x1, x2 = (start.x + BOX[0], end.x) if forward else (start.x, end.x + BOX[0])
        return _line("a", "m", Point(x1, y), Point(x2, y))
    x = start.x + half_width
    return _line("a", "m", Point(x, start.y + BOX[1]), Point(x, end.y))


def _ends() -> Iterator[str]:
    y = TOP + 2 * ROW + 8
    x, width = LEFT + BOX[0] + GAP, 2 * BOX[0] + GAP
    yield f'<rect x="{x}" y="{y}" width="{width}" height="86" rx="8" class="e"/>'
    yield _text("t", x + width / 2, y + 26, "The end")
    ends = (
        "cured · settled · plan completed",
        "handed to legal · written off",
        "transferred · withdrawn",
    )
    for number, line in enumerate(ends):
        yield _text("s", x + width / 2, y + 44 + 15 * number, line)
    middle, bottom = LEFT + BOX[0] / 2, TOP + ROW + BOX[1]
    yield _line("g", "n", Point(middle, bottom), Point(x, y + 60))
    yield _text("l", middle + 40, y + 66, ENDS[Stage.LEGAL_REVIEW])
    repayment = x + BOX[0] / 2
    yield _line("g", "n", Point(repayment, bottom), Point(repayment, y))
    yield _text("l", repayment + 100, bottom + 36, ENDS[Stage.REPAYMENT])
    early = LEFT + BOX[0] + GAP / 2
    yield (
        f'<path d="M{LEFT + BOX[0] - 20},{TOP + BOX[1]} L{early},{TOP + BOX[1] + 30}'
        f' L{early},{y + 20} L{x},{y + 30}" class="g" marker-end="url(#n)"/>'
    )
    yield _text("l", early + 68, TOP + BOX[1] + 34, ENDS[Stage.EARLY_CONTACT])
    notes = (
        "At any moment: a payment moves the date that counts, or ends the case and calls off what",
        "is under way; a hold or complaint stops every contact, and the case goes on where it was;",
        "a reversed payment reopens what it closed; an outside system may close the case.",
    )
    for number, line in enumerate(notes):
        yield _text("s", x + width + 330, y + 32 + 17 * number, line)


def _line(kind: str, head: str, start: Point, end: Point) -> str:
    way = f"M{start.x},{start.y} L{end.x},{end.y}"
    return f'<path d="{way}" class="{kind}" marker-end="url(#{head})"/>'


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(text)}</text>'


def _arrowhead(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7"'
        f' markerHeight="7" orient="auto"><path d="M0,0 L10,5 L0,10 z" fill="{colour}"/></marker>'
    )


if __name__ == "__main__":
    sys.stdout.write(draw())
