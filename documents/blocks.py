"""The words of a rendered page, read back from its HTML: headings, paragraphs, points, tables.

The PDF is what is signed: an element that is not known here, or words outside of one, are refused
rather than left out of it.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TEXTS = ("h1", "h2", "p", "li")
CELLS = ("td", "th")
_ROWS = ("tr", "br")
_AROUND = ("html", "body", "ul", "thead", "table")
_UNSEEN = ("head", "meta", "title", "style")  # title and style are read by browsers only
_KNOWN = frozenset((*TEXTS, *CELLS, *_ROWS, *_AROUND, *_UNSEEN))


class UnknownElementError(ValueError):
    """A page says something in a way that its PDF would leave out."""


@dataclass
class Cell:
    """One cell of a table; a line break stands for `<br>`."""

    text: str
    is_amount: bool
    is_heading: bool


@dataclass
class Block:
    """One piece of a page: a text, or a table with its rows."""

    tag: str
    css: str
    text: str = ""
    rows: list[list[Cell]] = field(default_factory=list)
    total_row: int | None = None  # the row that sums up the others


def read_blocks(html: str) -> list[Block]:
    """The blocks of a page that our own templates made, in order.

    Raises:
        UnknownElementError: for an element that has no place in the PDF, and for words outside.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] | None = None  # None outside of any text
        self._text_tag = ""
        self._unseen = ""  # the element whose words are not shown

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._require_known(tag)
        css = dict(attrs).get("class") or ""
        if tag in TEXTS or tag == "table":
            self.blocks.append(Block(tag, css))
        elif tag == "tr":
            self._begin_row(css)
        elif tag in CELLS:
            self.blocks[-1].rows[-1].append(Cell("", "amount" in css, tag == "th"))
        elif tag in ("title", "style"):
            self._unseen = tag
        if tag in TEXTS or tag in CELLS:
            self._text, self._text_tag = [], tag
        if tag == "br" and self._text is not None:
            self._text.append("\n")

    def _begin_row(self, css: str) -> None:
        table = self.blocks[-1]
        if css == "total":
            table.total_row = len(table.rows)
        table.rows.append([])

    def _require_known(self, tag: str) -> None:
        if tag not in _KNOWN:
            raise UnknownElementError(f"<{tag}>: not known to the PDF")
        if self._text is not None and tag != "br":
            raise UnknownElementError(f"<{tag}>: within the <{self._text_tag}> before it")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data.replace("\n", " "))
        elif data.strip() and not self._unseen:
            raise UnknownElementError(f"{data.strip()[:40]!r}: outside of every element of text")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        if self._text is None or tag not in (*TEXTS, *CELLS):
            return
        text = "".join(self._text).strip(" ")
        if tag in CELLS:
            self.blocks[-1].rows[-1][-1].text = text
        else:
            self.blocks[-1].text = text
        self._text = None
