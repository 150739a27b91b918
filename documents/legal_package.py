"""One file that holds a case for the legal desk: the same content is always the same bytes.

A zip without compression, with sorted names, fixed times, and a manifest with the SHA-256 of each
entry; so anyone can check it, and two builds can be compared by one hash.
"""

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import PurePath
from typing import Any, NamedTuple
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MANIFEST = "manifest.json"
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say
_UNIX, _READABLE = 3, 0o644 << 16
_ENCRYPTED = 1
# What a spreadsheet takes for a formula. A number may begin with a sign, and is none.
_FORMULA = re.compile(r"[=@\t\r]|[+\-](?![\d.,\s]*\Z)")


class Package(NamedTuple):
    """A built file, its fingerprint, and what its manifest says."""

    content: bytes
    sha256: str
    manifest: dict[str, Any]


def build_package(contents: Mapping[str, Any], about: Mapping[str, Any]) -> Package:
    """The file of some contents by file name; `about` goes into the manifest and is plain JSON.

    What is not bytes is written as the name's ending says: `.csv` and `.jsonl` take rows, `.json`
    any JSON value. A text in a table that a spreadsheet would run as a formula has an apostrophe
    before it: what people write to us is not run by who reads it.
    """
    entries = {name: _as_bytes(name, content) for name, content in contents.items()}
    manifest = {**about, "entries": {name: _sha256(entries[name]) for name in sorted(entries)}}
    content = _zip({**entries, MANIFEST: _as_json(manifest)})
    return Package(content, _sha256(content), manifest)


def differences(content: bytes) -> list[str]:
    """What is not as it was built, each line beginning with the entry; empty when all is well."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = {info.filename: _read(archive, info) for info in archive.infolist()}
    except (BadZipFile, ValueError, NotImplementedError, OSError) as error:
        return [f"the file is not a package: {error}"]
    try:
        manifest = json.loads(entries.get(MANIFEST) or b"")
        said = {str(name): str(sha256) for name, sha256 in manifest["entries"].items()}
        written = _as_json(manifest)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return [f"{MANIFEST}: missing or not readable"]
    lines = [
        f"{name}: {_difference(entries.get(name), said.get(name))}"
        for name in sorted({*entries, *said} - {MANIFEST})
        if entries.get(name) is None or _sha256(entries[name] or b"") != said.get(name)
    ]
    if lines:
        return lines
    whole = {name: data for name, data in entries.items() if data is not None}
    if entries[MANIFEST] != written:
        return [f"{MANIFEST}: not as it was written"]
    return [] if _zip(whole) == content else ["the file: its entries are whole, its frame is not"]


def fingerprint_of(content: bytes) -> str:
    """The SHA-256 of the whole file, as the legal desk was told it."""
    return _sha256(content)


def _as_bytes(name: str, content: Any) -> bytes:
    if isinstance(content, bytes):
        return content
    writers = {".csv": _as_csv, ".jsonl": _as_lines, ".json": _as_json}
    return writers[PurePath(name).suffix](content)


def _as_json(value: object) -> bytes:
    """JSON that people can read, always the same for the same value."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return f"{text}\n".encode()


def _as_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows
    ).encode()


def _as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = StringIO()
    # Lines end as RFC 4180 has it: with others, a carriage return in a text would not be quoted.
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["at"])
    writer.writeheader()
    writer.writerows({name: _as_cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode()


def _as_cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _difference(data: bytes | None, said: str | None) -> str:
    if said is None:
        return "not in the manifest"
    return "missing or damaged" if data is None else "another SHA-256 than in the manifest"


def _read(archive: ZipFile, info: ZipInfo) -> bytes | None:
    """An entry; None when it is not one that we write, or its own checksum is wrong."""
    if info.compress_type != ZIP_STORED or info.flag_bits & _ENCRYPTED:
        return None
    try:
        return archive.read(info)
    except (BadZipFile, EOFError, ValueError, OSError):
        return None


def _zip(entries: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in sorted(entries):
            info = ZipInfo(name, _NO_TIME)
            info.create_system, info.external_attr = _UNIX, _READABLE
            archive.writestr(info, entries[name])
    return buffer.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
