"""The code that calls off a visit on the road when its borrower pays, taken from the files.

Of the others it is what stands between `# region: call-off` and `# endregion`; of the product,
whose files know nothing of this bench, the functions and rows that are named here.
"""

import ast
import io
import textwrap
import tokenize
from typing import NamedTuple

from benchmarks.peers.sides import ROOT

_BEGINS, _ENDS = "# region: call-off", "# endregion"
_OTHERS = {
    "cron, state column": ("with_cron.py",),
    "DBOS": ("dbos_sql.py", "with_dbos.py"),
    "Restate": ("with_restate.py",),
}
_FOR_ANY_EVENT = "workflows/"
_PRODUCT = {
    "domain/case/events/table.py": ("EventRow(events.PaymentReceived",),
    "database/event_effects/table.py": ("EffectRow(events.PaymentReceived",),
    "database/event_effects/money.py": ("record_payment_received", "_record_payment"),
    "workflows/desk/case_desk.py": ("until", "_stop_if_needed"),
    "workflows/interruptions/case_end.py": (
        "end_case",
        "_call_off",
        "_close_case",
        "_send_closing_notice",
    ),
    "workflows/routines/visit_ends.py": (
        "release_crew",
        "forget_appointment",
        "stand_down",
        "end_visit",
    ),
}


class Piece(NamedTuple):
    """Some lines of a file."""

    path: str
    text: str
    is_its_own: bool = True  # and serves no other event

    @property
    def lines(self) -> int:
        """Without blank ones, comments and docstrings; statements of SQL count."""
        return len(_code_lines(self.text))


def pieces() -> dict[str, list[Piece]]:
    """Of each side, in the order in which they are read."""
    found = {"this product": [each for path in _PRODUCT for each in _of_product(path)]}
    for side, names in _OTHERS.items():
        paths = [f"benchmarks/peers/{name}" for name in names]
        found[side] = [Piece(path, text) for path in paths for text in _regions(path)]
    return found


def _regions(path: str) -> list[str]:
    texts, taken = list[str](), None
    for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
        if line.startswith(_BEGINS):
            taken = [line.replace("region: call-off, ", "")]
        elif line == _ENDS and taken is not None:
            texts.append("\n".join(taken).strip())
            taken = None
        elif taken is not None:
            taken.append(line)
    return texts


def _of_product(path: str) -> list[Piece]:
    source = (ROOT / path).read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(source)))
    return [
        Piece(path, _text(source, nodes, wanted), not path.startswith(_FOR_ANY_EVENT))
        for wanted in _PRODUCT[path]
    ]


def _text(source: str, nodes: list[ast.AST], wanted: str) -> str:
    """Of a function by its name, or of a call by how it begins."""
    for node in nodes:
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name == wanted:
            return _lines_of(source, node)
        if isinstance(node, ast.Call):
            text = _lines_of(source, node)
            if "".join(text.split()).startswith(wanted.replace(" ", "")):
                return text
    raise LookupError(f"{wanted}: the product has no such piece any more")


def _lines_of(source: str, node: ast.expr | ast.stmt) -> str:
    first, last = node.lineno - 1, node.end_lineno
    return textwrap.dedent("\n".join(source.splitlines()[first:last])).strip()


def _code_lines(text: str) -> set[int]:
    skipped = (
        tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
        tokenize.ENDMARKER,
    )  # fmt: skip
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    lines = set[int]()
    for place, token in enumerate(tokens):
        before = tokens[place - 1].type if place else tokenize.NEWLINE
        is_docstring = token.type == tokenize.STRING and before in (
            tokenize.INDENT, tokenize.NEWLINE, tokenize.NL,
        )  # fmt: skip
        if token.type not in skipped and not is_docstring:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return lines
