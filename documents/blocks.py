"""The words of a rendered page, read back from its HTML: headings, paragraphs, points, tables."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TEXTS = ("h1", "h2", "p", "li")
CELLS = ("td", "th")


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


def read_blocks(html: str) -> list[Block]:
    """The blocks of a page that our own templates made, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] | None = None  # None outside of any text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        css = dict(attrs).get("class") or ""
        if tag in TEXTS or tag == "table":
            self.blocks.append(Block(tag, css))
        if tag == "tr":
            self.blocks[-1].rows.append([])
        if tag in CELLS:
            self.blocks[-1].rows[-1].append(Cell("", "amount" in css, tag == "th"))
        if tag in TEXTS or tag in CELLS:
            self._text = []
        if tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data.replace("\n", " "))

    def handle_endtag(self, tag: str) -> None:
        if self._text is None or tag not in (*TEXTS, *CELLS):
            return
        text = "".join(self._text).strip(" ")
        if tag in CELLS:
            self.blocks[-1].rows[-1][-1].text = text
        else:
            self.blocks[-1].text = text
        self._text = None
