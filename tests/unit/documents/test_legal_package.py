"""The legal desk's file: the same bytes for the same content, and no byte changed unnoticed."""

import csv
from io import BytesIO, StringIO
from zipfile import ZIP_STORED, ZipFile

import pytest

from documents.legal_package import build_package, differences, fingerprint_of

ENTRIES = {"b.json": b"{}\n", "a.csv": "at,什么\n".encode(), "agreements/1/document": b"\x00\xff"}
ABOUT = {"case_id": "L-1:2026-01-10"}


def test_same_content_is_the_same_file() -> None:
    """Whatever the order, whenever it is built."""
    first = build_package(ENTRIES, ABOUT)
    second = build_package(dict(reversed(ENTRIES.items())), dict(ABOUT))
    assert first == second
    assert first.sha256 == fingerprint_of(first.content)
    assert build_package({**ENTRIES, "b.json": b"{ }\n"}, ABOUT).sha256 != first.sha256
    # Written down, so that another machine or another version says so if it differs.
    assert first.sha256 == "c23f18cdf573af0aeec87b1ad088099695be3c07073a67724a4e6b0a7e175439"


def test_file_is_a_plain_zip() -> None:
    """Anybody can open it; the manifest is in it, and names are in order."""
    with ZipFile(BytesIO(build_package(ENTRIES, ABOUT).content)) as archive:
        assert archive.namelist() == sorted([*ENTRIES, "manifest.json"])
        assert {info.compress_type for info in archive.infolist()} == {ZIP_STORED}
        assert archive.read("b.json") == ENTRIES["b.json"]


def test_table_runs_no_formula() -> None:
    """What a borrower writes is opened in a spreadsheet by the legal desk; numbers stay."""
    said = ["=HYPERLINK(A1)", "=1", "@SUM(A1)", "+1+cmd|'x'!A1", "-2+3", "\t=1", "\r=1"]
    plain = ["+86 138", "-1.50", "N", "a\rb\nc", "'=1", "", "\u4f60\u597d"]
    rows = [{"text": text, "number": -5} for text in said + plain]
    with ZipFile(BytesIO(build_package({"t.csv": rows}, ABOUT).content)) as archive:
        text = archive.read("t.csv").decode()
    read = list(csv.DictReader(StringIO(text, newline="")))
    assert [row["text"] for row in read] == [*(f"'{text}" for text in said), *plain]
    assert {row["number"] for row in read} == {"-5"}


def test_every_changed_byte_is_found() -> None:
    """In an entry, in its name, in the manifest, and in the frame of the file."""
    content = build_package(ENTRIES, ABOUT).content
    assert differences(content) == []
    unnoticed = [
        place
        for place in range(len(content))
        if not differences(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    ]
    assert unnoticed == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.csv", "a.csv: missing or damaged"),
        ("agreements/1/document", "agreements/1/document: missing or damaged"),
    ],
)
def test_entry_that_differs_is_named(name: str, said: str) -> None:
    """By its own checksum, when only the data was changed."""
    content = build_package(ENTRIES, ABOUT).content
    place = content.index(ENTRIES[name])
    changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    assert differences(changed) == [said]


def test_entry_that_was_exchanged_is_named() -> None:
    """A zip that is whole, with another content than its manifest says; and one too few or many."""
    package = build_package(ENTRIES, ABOUT)
    with ZipFile(BytesIO(package.content)) as archive:
        manifest = archive.read("manifest.json")
    assert differences(_zip({**ENTRIES, "a.csv": b"x", "manifest.json": manifest})) == [
        "a.csv: another SHA-256 than in the manifest"
    ]
    few = {name: data for name, data in ENTRIES.items() if name != "b.json"}
    assert differences(_zip({**few, "c": b"", "manifest.json": manifest})) == [
        "b.json: missing or damaged",
        "c: not in the manifest",
    ]
    assert differences(_zip(ENTRIES)) == ["manifest.json: missing or not readable"]


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "manifest",
    [
        b"[" * 200_000,
        b'{"entries": {}, "number": NaN}',
        b'{"entries": {}, "half": "\\ud800"}',
    ],
)
def test_manifest_that_no_build_has_written_is_named(manifest: bytes) -> None:
    """Whatever it is that cannot be read, or written again."""
    assert differences(_zip({"manifest.json": manifest})) == [
        "manifest.json: missing or not readable"
    ]


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all"])
def test_file_that_is_no_package_is_said_to_be_none(content: bytes) -> None:
    """In one line."""
    [line] = differences(content)
    assert line.startswith("the file is not a package: ")
