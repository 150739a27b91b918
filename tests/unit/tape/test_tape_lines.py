"""From bytes to records: encodings, headers, quotes, JSON lines."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tape.lines import Record, TapeError, read_tape
from domain.tape.row import COLUMNS

HEADER = ",".join(COLUMNS)
VALUES = [f"v{number}" for number in range(len(COLUMNS))]
LINE = ",".join(VALUES)


def records(*lines: str | bytes, suffix: str = ".csv") -> list[Record]:
    raw = [line if isinstance(line, bytes) else f"{line}\n".encode() for line in lines]
    return list(read_tape(raw, suffix).records)


def reasons(*lines: str | bytes, suffix: str = ".csv") -> list[tuple[int, str]]:
    found = records(*lines, suffix=suffix)
    return [(one.line, one.problems[0].reason) for one in found if one.problems]


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_csv_is_read_by_its_header(start: str) -> None:
    """With or without a byte order mark; blank lines are no rows."""
    found = records(start + HEADER, "", LINE, "  ", LINE + "\r")
    assert [one.line for one in found] == [3, 5]
    assert found[0].fields == dict(zip(COLUMNS, VALUES, strict=True))


def test_columns_may_come_in_any_order_and_number() -> None:
    """Unknown columns are ignored, and named."""
    header = ",".join([*reversed(COLUMNS), "phone", "colour"])
    tape = read_tape([f"{header}\n".encode(), f"{LINE},1,red\n".encode()], ".csv")
    assert tape.ignored_columns == ["colour"]
    assert next(tape.records).fields["loan_id"] == VALUES[-1]


@pytest.mark.parametrize(
    ("lines", "suffix", "message"),
    [
        ([], ".csv", "the file is empty"),
        (["", "  "], ".csv", "the file is empty"),
        ([b"\xef\xbb\xbf"], ".jsonl", "the file is empty"),
        ([HEADER], ".txt", "suffix '.txt' is not one of .csv, .jsonl, .ndjson, .json"),
        ([HEADER, LINE, b"\xff" + LINE.encode()], ".csv", "line 3 is not UTF-8 at byte 1"),
        (["loan_id,lender"], ".csv", "line 1: missing columns: borrower_id, currency, principal_"),
        ([HEADER + ",loan_id"], ".csv", "line 1: repeated columns: loan_id"),
        (['"loan_id'], ".csv", "line 1: the header is not CSV"),
        ([(HEADER + "\n").encode("utf-16")], ".csv", "the file is not UTF-8 (it looks like UTF-16"),
        ([HEADER, "借款".encode("gbk")], ".csv", "line 2 is not UTF-8 at byte 1"),
        (["[", "{}", "]"], ".json", "the file is one JSON document"),
        (["{", '"loan_id": 1}'], ".json", "the file is one JSON document"),
        (["[{}]"], ".json", "the file is one JSON document"),
    ],
)
def test_an_unusable_file_is_one_clear_line(
    lines: list[str | bytes], suffix: str, message: str
) -> None:
    """Nothing has been read when the beginning is already wrong."""
    with pytest.raises(TapeError) as caught:
        records(*lines, suffix=suffix)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("a,b", "has 2 fields, the header has 15"),
        (LINE + ",x", "has 16 fields, the header has 15"),
        ('"' + LINE, "a quote is opened and not closed"),
        ('"v"x' + LINE, "is not CSV: ',' expected after '\"'"),
        ("\0" + LINE, "contains a zero byte"),
        ("x" * 100_001, "is longer than 100000 bytes"),
    ],
)
def test_a_bad_line_costs_only_itself(bad: str | bytes, reason: str) -> None:
    """The rows around it are good, with their right line numbers."""
    lines = [HEADER, LINE, bad, LINE, LINE]
    assert reasons(*lines) == [(3, reason)]
    assert [one.line for one in records(*lines) if not one.problems] == [2, 4, 5]


def test_a_quoted_value_may_hold_commas_and_line_breaks() -> None:
    """A record is known by the line it begins on; other breaks of Unicode are just text."""
    address = '"1, Sample Road\nsecond line\u2028, ""x"""'
    text = f"{HEADER},address\n{LINE},{address}\n{LINE},a\n".encode()
    found = records(*text.splitlines(keepends=True))
    assert [one.line for one in found] == [2, 4]
    assert found[0].fields["address"] == '1, Sample Road\nsecond line\u2028, "x"'


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".json", ".JSON"])
def test_json_lines_are_read(suffix: str) -> None:
    """One object a line; numbers stay exact."""
    found = records('{"loan_id": "1", "annual_rate_percent": 14.0700}', "", suffix=suffix)
    assert found[0].fields["loan_id"] == "1"
    assert str(found[0].fields["annual_rate_percent"]) == "14.0700"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("17", "must be a JSON object"),
        ("[1]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ('{"a": 1', "is not JSON: Expecting ',' delimiter at character 8"),
        ("nonsense", "is not JSON: Expecting value at character 1"),
        ('{"a": NaN}', "is not JSON: NaN is no number"),
        ('{"a": ' + "9" * 5000 + "}", "is not JSON: a number is too long"),
        ("[" * 50_000, "is not JSON: it nests too deeply"),
    ],
)  # fmt: skip
def test_a_bad_json_line_costs_only_itself(bad: str, reason: str) -> None:
    """Whatever a line holds, the next one is read."""
    lines = ['{"a": 1}', bad, '{"a": 2}']
    assert reasons(*lines, suffix=".jsonl") == [(2, reason)]
    assert len(records(*lines, suffix=".jsonl")) == 3


def test_columns_without_a_name_are_empty() -> None:
    """A spreadsheet's two empty columns at the end cost nothing; a value in one is a bad row."""
    assert reasons(HEADER + ",,", LINE + ",,", LINE + ",,x") == [
        (3, "has a value in a column without a name")
    ]
    assert "" not in records(HEADER + ",,", LINE + ",,")[0].fields


def test_key_twice_is_refused() -> None:
    """Which of the two is meant cannot be known; at any depth."""
    lines = ['{"a": 1, "b": 2, "a": 1}', '{"a": {"c": 1, "c": 2}}', '{"a": 1}']
    assert reasons(*lines, suffix=".jsonl") == [
        (1, "has the key 'a' twice"),
        (2, "has the key 'c' twice"),
    ]


@given(
    st.lists(st.text(max_size=200).map(str.encode), max_size=20),
    st.sampled_from([".csv", ".jsonl"]),
)
def test_no_bytes_break_the_reader(lines: list[bytes], suffix: str) -> None:
    """After a good beginning, anything is a record or a problem."""
    start = HEADER if suffix == ".csv" else json.dumps({})
    good = [f"{start}\n".encode(), *[f"{LINE}\n".encode()] * 40] if suffix == ".csv" else [
        f"{start}\n".encode()
    ] * 41  # fmt: skip
    split = b"\n".join(lines).splitlines(keepends=True)
    found: list[Any] = list(read_tape([*good, *split], suffix).records)
    assert len(found) >= 40
