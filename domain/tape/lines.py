"""From the lines of a tape to its records, one at a time: CSV with a header, or JSON lines."""

import csv
import io
import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from domain.json_mistakes import refuse_constant, why_no_json
from domain.tape.row import BORROWER_COLUMNS, COLUMNS, CONTRACT_COLUMNS, Problem

FORMATS = {".csv": "csv", ".jsonl": "json", ".ndjson": "json", ".json": "json"}

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_LINES_A_RECORD = 10
_LONGEST_LINE = 100_000  # bytes; the longest allowed row is far shorter
_SAMPLE = 100  # lines


class TapeError(ValueError):
    """A tape that cannot be read at all; the text is one clear line."""


class Record(NamedTuple):
    """One record: the line it begins on, and its fields or what is wrong with it."""

    line: int
    fields: dict[str, Any]
    problems: list[Problem]


class Tape(NamedTuple):
    """A tape whose beginning has been checked; its records are read on demand."""

    records: Iterator[Record]
    ignored_columns: list[str]


def read_tape(lines: Iterable[bytes], suffix: str) -> Tape:
    """Check the beginning of a tape and return it for reading.

    Raises:
        TapeError: for an unknown suffix, an empty file, another encoding, a wrong header; for
            another encoding also while the records are read.
    """
    if suffix.lower() not in FORMATS:
        raise TapeError(f"suffix '{suffix}' is not one of {', '.join(FORMATS)}")
    source = _Lines(lines)
    source.check_encoding()
    if FORMATS[suffix.lower()] == "csv":
        return _read_csv(source)
    source.check_not_one_document()
    return Tape(_json_records(source), [])


class _Lines:
    """Numbered lines that can be looked at before they are taken."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._ahead: deque[bytes] = deque()
        self.number = 0  # of the line taken last

    def peek(self, count: int) -> list[bytes]:
        while len(self._ahead) < count and (line := next(self._lines, None)) is not None:
            self._ahead.append(line)
        return [self._ahead[index] for index in range(min(count, len(self._ahead)))]

    def take(self) -> bytes | None:
        line = self._ahead.popleft() if self._ahead else next(self._lines, None)
        self.number += line is not None
        return line

    def check_encoding(self) -> None:
        """Refuse an empty file and UTF-16, and take the byte order mark away."""
        sample = self.peek(_SAMPLE)
        if not any(line.strip(b"\xef\xbb\xbf \t\r\n") for line in sample):
            raise TapeError("the file is empty")
        if sample[0].startswith(_UTF16) or any(b"\0" in line for line in sample[:1]):
            raise TapeError("the file is not UTF-8 (it looks like UTF-16); give its --encoding")
        self._ahead[0] = sample[0].removeprefix(_BOM)

    def check_not_one_document(self) -> None:
        """Refuse a JSON file that is one list or one object over many lines."""
        first = next((line.strip() for line in self.peek(_SAMPLE) if line.strip()), b"")
        if first in (b"{", b"[") or first.startswith(b"[{"):
            raise TapeError("the file is one JSON document; give one JSON object on each line")


def _read_csv(source: _Lines) -> Tape:
    first = source.take() or b""
    while not first.strip():
        first = source.take() or b""
    try:
        header = [name.strip() for name in next(csv.reader([_text(first, 1)], strict=True))]
    except csv.Error as error:
        raise TapeError(f"line {source.number}: the header is not CSV: {error}") from error
    if missing := [name for name in COLUMNS if name not in header]:
        raise TapeError(f"line {source.number}: missing columns: {', '.join(missing)}")
    if repeated := [name for name, count in Counter(header).items() if name and count > 1]:
        raise TapeError(f"line {source.number}: repeated columns: {', '.join(repeated)}")
    known = {*COLUMNS, *BORROWER_COLUMNS, *CONTRACT_COLUMNS}
    ignored = [name for name in header if name and name not in known]
    return Tape(_csv_records(source, header), ignored)


def _csv_records(source: _Lines, header: list[str]) -> Iterator[Record]:
    while (raw := source.take()) is not None:
        line = source.number
        if not raw.strip():
            continue
        values, reason = _csv_values(raw, len(header), line)
        if values is None and b'"' in raw:
            values = _over_several_lines(source, raw, len(header))
        if values is None:
            yield Record(line, {}, [Problem("row", reason)])
        elif any(value.strip() for name, value in zip(header, values, strict=True) if not name):
            yield Record(line, {}, [Problem("row", "has a value in a column without a name")])
        else:
            fields = {name: value for name, value in zip(header, values, strict=True) if name}
            yield Record(line, fields, [])


def _over_several_lines(source: _Lines, raw: bytes, width: int) -> list[str] | None:
    """The values of a record with line breaks within quotes; takes the lines it needs.

    A quote that is never closed costs its own row only, not the rest of the tape.
    """
    whole = raw
    for count, following in enumerate(source.peek(_MOST_LINES_A_RECORD - 1), start=1):
        whole += following
        values, _ = _csv_values(whole, width, source.number)
        if values is not None:
            for _ in range(count):
                source.take()
            return values
    return None


def _csv_values(raw: bytes, width: int, line: int) -> tuple[list[str] | None, str]:
    """The values of one record, or why it has none."""
    if (reason := _unreadable(raw)) is not None:
        return None, reason
    try:
        # All of it must be one record: a closed quote followed by a new line would make two.
        rows = list(csv.reader(io.StringIO(_text(raw, line), newline=""), strict=True))
    except csv.Error as error:
        return None, _csv_reason(error)
    if len(rows) != 1:
        return None, "a line break stands outside quotes"
    if len(rows[0]) != width:
        return None, f"has {len(rows[0])} fields, the header has {width}"
    return rows[0], ""


def _csv_reason(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return "a quote is opened and not closed"
    return f"is not CSV: {error}"


def _json_records(source: _Lines) -> Iterator[Record]:
    while (raw := source.take()) is not None:
        if not raw.strip():
            continue
        fields, reason = _json_fields(raw, source.number)
        problems = [] if fields is not None else [Problem("row", reason)]
        yield Record(source.number, fields or {}, problems)


def _json_fields(raw: bytes, line: int) -> tuple[dict[str, Any] | None, str]:
    """The fields of one JSON object, or why there are none."""
    if (reason := _unreadable(raw)) is not None:
        return None, reason
    try:
        fields = json.loads(
            _text(raw, line).strip(),
            parse_float=Decimal,
            parse_constant=refuse_constant,
            object_pairs_hook=_each_key_once,
        )
    except _KeyTwiceError as error:
        return None, f"has the key {str(error)[:40]!r} twice"
    except (ValueError, RecursionError) as error:
        return None, f"is not JSON: {why_no_json(error)}"
    if not isinstance(fields, dict):
        return None, "must be a JSON object"
    return fields, ""


class _KeyTwiceError(ValueError):
    """Which of the two values is meant cannot be known; the text is the key."""


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in pairs:
        if key in fields:
            raise _KeyTwiceError(key)
        fields[key] = value
    return fields


def _unreadable(raw: bytes) -> str | None:
    if len(raw) > _LONGEST_LINE:
        return f"is longer than {_LONGEST_LINE} bytes"
    if b"\0" in raw:
        return "contains a zero byte"
    return None


def _text(raw: bytes, line: int) -> str:
    """The text of a line; the file as a whole has been found to be UTF-8 before."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TapeError(f"line {line} is not UTF-8 at byte {error.start + 1}") from error
