"""Rows mutated from good ones: types, notations, what spreadsheets and data frames make of them."""

from collections.abc import Callable, Iterator
from random import Random  # seeded: the same rows each time
from typing import Any

from tests.support.tapes.rows import ROW

GOOD: dict[str, Any] = ROW | {
    "first_due_on": "2018-06-15",
    "borrower_name": "王芳",
    "phone": "+86 159 1234 5678",
    "contact_person_phone": "",
    "address": "Road 1",
    "time_zone": "Asia/Shanghai",
    "language": "zh",
    "penalty_rate_percent": "",
}
_WORDS: tuple[Any, ...] = (
    "", " ", "N/A", "null", "nan", "#REF!", "0", "-1", "1e5", "1.23E+15", "1001.0", "1,000", "１２",
    "١٢", "true", True, None, 3.5, 10**30, [], {}, "\u202eabc", "\ufffd", "\ue000", "\x00",
    "李\U0002ebf5", "👍" * 90, "a" * 300, "1970-01-01", "2099-12-31", "2018-02-30", "01/07/2018",
    "2018-07-01T00:00:00", "localtime", "Factory", "UTC", "Mars/Base", "ZZZ", "XOF", "jpy", "Paid",
    "Deceased", "破产", "已结清", "whatever", "15912345678/13800000000", "15912345678.0",
    "(010) 6552-9988", "yes", "'; DROP TABLE loans; --", '"', "\r", "=1+1", "-", "∞", "NaN",
)  # fmt: skip


def _word(value: str, random: Random) -> Any:
    return random.choice(_WORDS)


def _character(value: str, random: Random) -> Any:
    place = random.randrange(len(value) + 1)
    return (
        value[:place]
        + chr(random.choice((32, 46, 48, 0x7F, 0x300, 0xFF10, 0x200D)))
        + value[place:]
    )


def _cut(value: str, random: Random) -> Any:
    place = random.randrange(len(value) + 1)
    return value[:place] + value[place + 1 :]


def _scaled(value: str, random: Random) -> Any:
    if not value.isdigit():
        return value
    number = int(value)
    return random.choice((number * 100, number // 100, -number, float(number), f"{number:E}"))


def _of_another(value: str, random: Random) -> Any:
    return GOOD[random.choice(sorted(GOOD))]


def _rewritten(value: str, random: Random) -> Any:
    return random.choice((value.upper(), value.lower(), f" {value} ", f"{value}.0", f"'{value}"))


_CHANGES: tuple[Callable[[str, Random], Any], ...] = (
    _word, _character, _cut, _scaled, _of_another, _rewritten
)  # fmt: skip


def mutated_rows(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Rows with up to three fields changed; about one in ten stays good."""
    random = Random(seed)  # noqa: S311
    for number in range(count):
        row = GOOD | {"loan_id": f"L-{number}", "borrower_id": f"B-{number}"}
        for _ in range(random.choice((0, 1, 1, 1, 1, 1, 2, 2, 3, 3))):
            field = random.choice(sorted(row))
            row[field] = random.choice(_CHANGES)(str(row[field]), random)
        yield row
